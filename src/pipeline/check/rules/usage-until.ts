import { countBelow } from "../../../model/count-below.js";
import type { StretchUsage } from "../../../store/check/rule-usage.js";

/** Sums from a stretch's begin to an instant. */
export interface UsageUntil {
  readonly requests: number;
  readonly spendMicros: number;
}

const NOTHING: UsageUntil = { requests: 0, spendMicros: 0 };

/** Usage of a stretch as a function of its end: an instant (epoch ms) from the end of its sum on. No traffic: nothing. */
export function usageUntil(usage: StretchUsage | undefined): (until: number) => UsageUntil {
  if (usage === undefined) return () => NOTHING;
  const sums: UsageUntil[] = [{ requests: usage.requests, spendMicros: usage.spendMicros }];
  for (const { requests, spendMicros } of usage.series) {
    const last = sums.at(-1)!;
    sums.push({ requests: last.requests + requests, spendMicros: last.spendMicros + spendMicros });
  }
  const minutes = usage.series.map(({ minute }) => minute);
  return (until) => sums[countBelow(minutes, until)]!;
}
