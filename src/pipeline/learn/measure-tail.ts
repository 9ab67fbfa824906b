import { TAIL_FROM } from "../../detect/fleet-tail.js";
import type { Thresholds } from "../../detect/threshold.js";
import { TAIL_DAYS, type FleetTail } from "../../model/finding/fleet-day.js";
import { groupBy } from "../../model/group-by.js";
import { round6 } from "../../model/round.js";
import { groupBySubject } from "../../model/subject.js";
import type { HighDay, JudgedIncident } from "../../store/learn/fleet-tail.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import { addDays, dayOf } from "../../time/day.js";

/** Measures how high a fleet's legitimate traffic scored in the days up to one that was just learned. */
export async function measureTail(
  { learn }: { readonly learn: Pick<LearnStore, "readHighDays" | "countUsedKeyDays" | "readJudgedIncidents"> },
  { day, computedAt, limits }: { readonly day: string; readonly computedAt: number; readonly limits: Thresholds },
): Promise<FleetTail> {
  const span = { first: addDays(day, 1 - TAIL_DAYS), last: day, visible: computedAt };
  const [high, keyDays, judged] = await Promise.all([
    learn.readHighDays(span, TAIL_FROM),
    learn.countUsedKeyDays(span),
    learn.readJudgedIncidents(span),
  ]);
  return { keyDays, until: round6(limits.page), ...tailOf(high, judged, limits.page) };
}

/** Adds up how high keys scored: days on end of a key count once, by the highest. @public for tests */
export function tailOf(high: readonly HighDay[], judged: readonly JudgedIncident[], until: number) {
  const judgedOf = groupBy(judged, ({ keyId }) => keyId);
  const tail = { below: 0, excess: 0, benignPages: 0 };
  for (const days of groupBySubject(high).values()) {
    for (const run of runsOf(days)) {
      const verdict = verdictOn(run, judgedOf.get(run[0]!.keyId) ?? []);
      if (verdict === "leak") continue;
      const score = Math.max(...run.map((one) => one.score));
      if (score < until) {
        tail.below += 1;
        tail.excess += score - TAIL_FROM;
      } else if (verdict === "benign") tail.benignPages += 1;
    }
  }
  return { ...tail, excess: round6(tail.excess) };
}

/** Days of a subject that follow one another. */
function runsOf(days: readonly HighDay[]): HighDay[][] {
  const runs: HighDay[][] = [];
  for (const one of days) {
    const run = runs.at(-1);
    if (run !== undefined && addDays(run.at(-1)!.day, 1) === one.day) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

/** What people said of the incidents of a key that lie in some days: one leak among them is what these were. */
function verdictOn(run: readonly HighDay[], judged: readonly JudgedIncident[]): JudgedIncident["verdict"] | null {
  const [first, last] = [run[0]!.day, run.at(-1)!.day];
  const within = judged.filter(({ openedAt, endedAt }) => dayOf(openedAt) <= last && dayOf(endedAt) >= first);
  if (within.some(({ verdict }) => verdict === "leak")) return "leak";
  return within.length > 0 ? "benign" : null;
}
