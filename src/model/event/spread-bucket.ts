import type { RequestEvent } from "./request-event.js";

const HOUR_MINUTES = 60;
const HOUR_MS = 3_600_000;

/** The longest bucket that an event may stand for, in minutes: a day. */
export const LONGEST_BUCKET_MINUTES = 1440;

/**
 * A bucket that ends at `ts` as rows of an hour at most, so that what a day added up is never taken for an hour's. Whole numbers are shared out
 * evenly, the oldest hours first, and sum up to what was sent; hours of which no request is left have no row.
 */
export function spreadBucket(event: RequestEvent, bucketMinutes: number): readonly RequestEvent[] {
  const hours = Math.ceil(bucketMinutes / HOUR_MINUTES);
  const rows = Math.min(hours, event.count);
  if (rows <= 1) return [event];
  const share = (total: number, row: number) => Math.floor(total / rows) + (row < total % rows ? 1 : 0);
  return Array.from({ length: rows }, (_, row) => ({
    ...event,
    // Fewer requests than hours are spread over the whole bucket all the same.
    ts: Math.max(0, event.ts - Math.floor(((rows - 1 - row) * hours) / rows) * HOUR_MS),
    count: share(event.count, row),
    bytes: share(event.bytes, row),
    spendMicros: share(event.spendMicros, row),
    unitMillis: share(event.unitMillis, row),
    part: row + 1,
  }));
}
