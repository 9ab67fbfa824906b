import type { Finding } from "../../model/finding/finding.js";
import { isPage } from "../../model/incident/page.js";
import { dayOf } from "../../time/day.js";
import { lastSettledTick, spansByHour, ticksBetween } from "../../time/ticks.js";
import { CheckCache } from "./facts/check-cache.js";
import { reachOf, stretchesOf } from "./facts/reach.js";
import { checkAndRecord, type CheckKeysDeps } from "./check-keys.js";

/** Which minutes of the past are to be judged, by hand. */
export interface HistoryRequest {
  /** Epoch ms, half-open. */
  readonly from: number;
  readonly to: number;
  /** Whether what is found may wake somebody; else it is a notice, for what happened long ago can wait. */
  readonly mayPage: boolean;
  /** Hears up to when (epoch ms) has been judged. */
  readonly onTick?: (tick: number) => void;
}

/** What judging history came to. */
export interface HistoryReport {
  /** Minutes that were asked for and are over. */
  readonly minutes: number;
  readonly findings: number;
  /** Days of which nothing before was learned, so that what needs a baseline could not be judged. */
  readonly days_without_baseline: readonly string[];
}

/**
 * Judges minutes that were loaded long after they happened, with the code of the live check and in the order of time, by what was learned of the
 * days before each. Live checks go on beside it: their cursor stays where it is. Repeating it finds the same and opens nothing twice.
 */
export async function judgeHistory(deps: CheckKeysDeps, wish: HistoryRequest, now: number): Promise<HistoryReport> {
  const cursor = (await deps.store.check.readCheckCursor()) ?? Infinity;
  // What live checks have still to judge is theirs.
  const until = Math.min(wish.to, lastSettledTick(now, deps.settleSeconds), cursor);
  const ticks = ticksBetween(wish.from, until);
  const asTold = (finding: Finding): Finding =>
    !wish.mayPage && isPage(finding.severity) ? { ...finding, severity: "warning" } : finding;
  const visible = await deps.store.readClock();
  const unlearned = new Set<string>();
  let findings = 0;
  const keys = (await deps.store.check.readBirths(until, null)).length;
  // Live checks go on beside it, with what they keep.
  const own = { ...deps, memory: new CheckCache() };
  for (const stretch of stretchesOf(spansByHour(ticks), keys)) {
    own.memory.reach = reachOf(stretch, false);
    for (const span of stretch) {
      const day = dayOf((span.ticks[0] ?? span.hour + 1) - 1);
      if ((await deps.store.learn.readNewestLearnedDay(day, visible)) === null) unlearned.add(day);
      findings += await checkAndRecord(own, span, "history", { asTold });
      wish.onTick?.(span.ticks.at(-1) ?? until);
    }
  }
  return { minutes: ticks.length, findings, days_without_baseline: [...unlearned] };
}
