import { HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { checkSpan, type CheckDeps } from "./check-span.js";
import { QUARTER_MS } from "./facts/quarter-usage.js";
import { prepareNextHour } from "./leak/read-span.js";

/**
 * Reads what the check after a tick (epoch ms) needs, as far as it is there already. Where a quarter of an hour begins much is needed that the tick before did
 * not: the next check is rehearsed on what is recorded so far, and reads only what comes in until then.
 */
export async function prepareNext(deps: CheckDeps, tick: number): Promise<void> {
  await prepareNextHour(deps, tick);
  if (tick % QUARTER_MS !== 0) return;
  const next = tick + MINUTE_MS;
  const span = { hour: Math.floor(tick / HOUR_MS) * HOUR_MS, ticks: [next] };
  await checkSpan(deps, span, await deps.store.readClock(), "rollups");
}
