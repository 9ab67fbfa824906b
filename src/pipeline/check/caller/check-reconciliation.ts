import { judgeReconciliation } from "../../../detect/reconciliation.js";
import type { Thresholds } from "../../../detect/threshold.js";
import { BLOCK_MS, unreportedOf } from "../../../detect/unreported.js";
import { vouchFor } from "../../../detect/usual-loss.js";
import type { Finding } from "../../../model/finding/finding.js";
import { groupBy } from "../../../model/group-by.js";
import type { BenignWord } from "../../../model/incident/benign-word.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { DAY_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import { readCallers, readIsCalled, type CallingScene } from "../facts/read-calling.js";
import { blocksOf, vouchedOf } from "../../learn/read-caller-history.js";
import { writeReconciliation } from "./write-reconciliation.js";

/** Callers are believed so long after the end of a block: they send by the minute, and try again where nobody answered. */
const SETTLES_MS = 15 * 60_000;

/** What the keys of a span are compared with. */
export interface ReconciliationCheck extends CallingScene {
  readonly limits: Thresholds;
  readonly asOf: number;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  /** What people had called benign. */
  readonly words: readonly BenignWord[];
}

/** Compares what the gateway saw with what callers report, at the quarter hours of a span. */
export async function checkReconciliation(of: ReconciliationCheck, span: TickSpan): Promise<Finding[]> {
  const ticks = span.ticks.filter((at) => at % BLOCK_MS === 0);
  // Mostly no caller reports anything.
  if (ticks.length === 0 || !(await readIsCalled(of, span))) return [];
  const findings: Finding[] = [];
  for (const [day, some] of groupBy(ticks, (tick) => String(dayBefore(tick - SETTLES_MS)))) {
    findings.push(...(await checkDay(of, Number(day), some)));
  }
  return findings;
}

/** The day that ends with an instant, or that it is in. */
const dayBefore = (at: number) => Math.floor((at - 1) / DAY_MS) * DAY_MS;

async function checkDay(of: ReconciliationCheck, day: number, ticks: readonly number[]): Promise<Finding[]> {
  const history = await readCallers(
    of,
    day,
    of.words.filter(({ saidAt }) => saidAt <= day),
  );
  const callersOf = groupBy(history.callers, ({ keyId }) => keyId);
  const judged = history.callers.filter(({ keyId }) => history.keys.get(keyId)?.usual);
  const span = { from: day, until: Math.max(...ticks) - SETTLES_MS };
  const today = await of.store.check.readComparedBlocks(span, { callers: judged, stepMs: BLOCK_MS }, of.rawAsOf);
  return today.flatMap((compared) => {
    const { keyId } = compared;
    const { usual, recent } = history.keys.get(keyId)!;
    const blocks = [...recent, ...unreportedOf([...recent.slice(-1), ...blocksOf(compared)]).slice(recent.length && 1)];
    const vouched = vouchedOf(of.words, keyId);
    const known = vouchFor(
      usual!,
      blocks,
      vouched.filter((at) => at > day),
    );
    return ticks.flatMap((tick) => {
      const seen = blocks.filter(({ at }) => at + BLOCK_MS + SETTLES_MS <= tick);
      // Nobody is told again of what the last block says nothing of.
      if (seen.at(-1)?.at !== tick - SETTLES_MS - BLOCK_MS) return [];
      const verdict = judgeReconciliation(seen, known, vouched.at(-1) ?? 0, of.limits);
      if (verdict === null || verdict.severity === null) return [];
      const callers = callersOf.get(keyId)!.map(({ caller }) => caller);
      return [writeReconciliation({ ...of, keyId, tick, callers, usual: known }, verdict)];
    });
  });
}
