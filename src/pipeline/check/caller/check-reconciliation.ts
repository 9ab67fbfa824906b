import { judgeReconciliation } from "../../../detect/reconciliation.js";
import type { Thresholds } from "../../../detect/threshold.js";
import { BLOCK_MS, unreportedOf } from "../../../detect/unreported.js";
import { vouchFor } from "../../../detect/usual-loss.js";
import type { Finding } from "../../../model/finding/finding.js";
import { groupBy } from "../../../model/group-by.js";
import type { BenignWord } from "../../../model/incident/benign-word.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS } from "../../../time/day.js";
import { blocksOf, vouchedOf, type CallerHistory } from "../../learn/read-caller-history.js";
import { writeReconciliation } from "./write-reconciliation.js";

/** Callers are believed so long after the end of a block: they send by the minute, and try again where nobody answered. */
const SETTLES_MS = 15 * 60_000;

/** What the keys of a span are compared with. */
export interface ReconciliationCheck {
  readonly store: Store;
  readonly limits: Thresholds;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  /** What people had called benign. */
  readonly words: readonly BenignWord[];
  /** Whether any caller reported any key lately. */
  readonly readIsCalled: () => Promise<boolean>;
  /** What callers reported until a day (epoch ms) began. */
  readonly readCallers: (day: number, words: readonly BenignWord[]) => Promise<CallerHistory>;
}

/** Compares what the gateway saw with what callers report, at the quarter hours among some ticks (epoch ms) of an hour. */
export async function checkReconciliation(of: ReconciliationCheck, within: readonly number[]): Promise<Finding[]> {
  const ticks = within.filter((at) => at % BLOCK_MS === 0);
  // Mostly no caller reports anything.
  if (ticks.length === 0 || !(await of.readIsCalled())) return [];
  const findings: Finding[] = [];
  for (const [day, some] of groupBy(ticks, (tick) => String(dayBefore(tick - SETTLES_MS)))) {
    findings.push(...(await checkDay(of, Number(day), some)));
  }
  return findings;
}

/** The day that ends with an instant, or that it is in. */
const dayBefore = (at: number) => Math.floor((at - 1) / DAY_MS) * DAY_MS;

async function checkDay(of: ReconciliationCheck, day: number, ticks: readonly number[]): Promise<Finding[]> {
  const history = await of.readCallers(
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
