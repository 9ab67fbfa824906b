import type { ReportedBucket } from "../../pull/define-puller.js";
import type { HourUse } from "../../store/pull/provider-reports.js";
import { HOUR_MS } from "../../time/day.js";

/** A bucket's uses hour by hour, so that a day's spend is never an hour's: whole numbers, shared out evenly, the oldest hours first. */
export function shareHours({ from, to, uses }: ReportedBucket): HourUse[] {
  const hours = Math.max(1, Math.round((to - from) / HOUR_MS));
  const share = (total: number, hour: number) => Math.floor(total / hours) + (hour < total % hours ? 1 : 0);
  return uses.flatMap(({ keyId, item, requests, unitMillis, spendMicros }) =>
    Array.from({ length: hours }, (_, hour) => ({
      hour: from + hour * HOUR_MS,
      keyId,
      item,
      requests: share(requests, hour),
      unitMillis: share(unitMillis, hour),
      spendMicros: share(spendMicros, hour),
    })),
  );
}
