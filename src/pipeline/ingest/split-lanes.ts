import type { RequestEvent } from "../../model/event/request-event.js";
import { weekOfDay } from "../../store/ingest/request-block.js";

/** Events by the lane that they wait in. */
export interface LaneEvents {
  readonly live: readonly RequestEvent[];
  readonly backfill: readonly RequestEvent[];
}

const DAY_MS = 86_400_000;

/**
 * Events of today and yesterday (UTC) are live: what a late or slow shipper sends still counts at once, and a block of them makes three
 * parts in a table by day (the third for a clock that is minutes ahead). `now` is epoch milliseconds.
 */
export function splitLanes(events: readonly RequestEvent[], now: number): LaneEvents {
  const from = liveFrom(now);
  if (events.every(({ ts }) => ts >= from)) return { live: events, backfill: [] };
  return { live: events.filter(({ ts }) => ts >= from), backfill: events.filter(({ ts }) => ts < from) };
}

/** Partitions that events of the backfill lane touch: one for each day (UTC), and one for each week, which is an insert. */
export function countBackfillPartitions(events: readonly RequestEvent[], now: number): number {
  const from = liveFrom(now);
  const days = new Set<number>();
  for (const { ts } of events) if (ts < from) days.add(Math.floor(ts / DAY_MS));
  return days.size + new Set([...days].map(weekOfDay)).size;
}

function liveFrom(now: number): number {
  return (Math.floor(now / DAY_MS) - 1) * DAY_MS;
}
