import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { spansByHour, type TickSpan } from "../../time/ticks.js";
import type { CheckCache } from "./facts/check-cache.js";

/** How far back a minute that got late rows is checked again. */
const LATE_FOR_MS = DAY_MS;
/** The minutes of an hour are checked again together, and so often at most: of the hours that a slow sender is late by, and of others. */
const RECENT_MS = 2 * HOUR_MS;
const RECENT_AGAIN_MS = MINUTE_MS;
const AGAIN_MS = 10 * MINUTE_MS;
/** Then live minutes have their turn. */
const BUDGET_MS = 20_000;

/**
 * Checks minutes again that got rows after they were checked, oldest first, as far as their hours' turn has come and the time of one
 * run allows: however many rows come late, live minutes wait no longer than that. Gives how many were checked.
 */
export async function checkLateTicks(
  store: Store,
  { lateCheckedAt }: CheckCache,
  cursor: number,
  now: number,
  check: (span: TickSpan) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  let checked = 0;
  for (const hour of lateCheckedAt.keys()) if (hour < cursor - LATE_FOR_MS - HOUR_MS) lateCheckedAt.delete(hour);
  for (const span of spansByHour(await store.check.readLateTicks(cursor - LATE_FOR_MS, cursor))) {
    const before = lateCheckedAt.get(span.hour) ?? -Infinity;
    if (now - before < (span.hour > cursor - RECENT_MS ? RECENT_AGAIN_MS : AGAIN_MS)) continue;
    if (performance.now() - startedAt > BUDGET_MS) break;
    await check(span);
    lateCheckedAt.set(span.hour, now);
    checked += span.ticks.length;
  }
  return checked;
}
