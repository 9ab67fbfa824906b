import { groupBy } from "../../model/group-by.js";
import type { ReportedBucket } from "../../pull/define-puller.js";
import type { Amounts, HourChange, HourUse, ReportedHour } from "../../store/pull/provider-reports.js";
import { dayOf } from "../../time/day.js";
import { shareHours } from "./share-hours.js";

const NOTHING: Amounts = { requests: 0, unitMillis: 0, spendMicros: 0 };
const nameOf = ({ hour, keyId, item }: Pick<HourUse, "hour" | "keyId" | "item">) => JSON.stringify([hour, keyId, item]);

/**
 * What a report says now against what it said last, by UTC day. Of a bucket that it lists, what it no longer names is nothing; of a bucket, or a key, that was not
 * asked for or is not listed, it has reported nothing new.
 */
export function findChanges(
  buckets: Iterable<ReportedBucket>,
  reported: readonly ReportedHour[],
): ReadonlyMap<string, readonly HourChange[]> {
  const listed = [...buckets];
  const last = new Map(reported.map((hour) => [nameOf(hour), hour]));
  const now = new Map<string, HourUse>();
  for (const { hour, keyId, item } of reported)
    if (listed.some((bucket) => isTold(bucket, hour, keyId)))
      now.set(nameOf({ hour, keyId, item }), { hour, keyId, item, ...NOTHING });
  for (const use of listed.flatMap(shareHours)) now.set(nameOf(use), use);
  const revisions = new Map<string, number>();
  for (const { hour, revision } of reported)
    revisions.set(dayOf(hour), Math.max(revision, revisions.get(dayOf(hour)) ?? 0));
  const changes = [...now].flatMap(([name, use]): readonly HourChange[] => {
    const before = last.get(name);
    if (isEqual(use, before ?? NOTHING)) return [];
    const most = before?.most ?? NOTHING;
    const added = {
      requests: Math.max(0, use.requests - most.requests),
      unitMillis: Math.max(0, use.unitMillis - most.unitMillis),
      spendMicros: Math.max(0, use.spendMicros - most.spendMicros),
    };
    return [{ ...use, added, revision: 1 + (revisions.get(dayOf(use.hour)) ?? 0) }];
  });
  return groupBy(changes, ({ hour }) => dayOf(hour));
}

/** Whether a bucket says all of a key in an hour. */
function isTold({ from, to, askedFor }: ReportedBucket, hour: number, keyId: string): boolean {
  return hour >= from && hour < to && (askedFor === undefined || askedFor.includes(keyId));
}

function isEqual(one: Amounts, other: Amounts): boolean {
  return (
    one.requests === other.requests && one.unitMillis === other.unitMillis && one.spendMicros === other.spendMicros
  );
}
