import type { Severity } from "../model/incident/page.js";
import { round6 } from "../model/round.js";
import { DAY_MS } from "../time/day.js";
import { scoreOnceIn, severityOf, type Thresholds } from "./threshold.js";
import { BLOCKS_PER_DAY, gatherEvidence, type UnreportedBlock } from "./unreported.js";
import { EVIDENCE_DAYS, type UsualLoss } from "./usual-loss.js";

/** A handful of requests is how two counts differ, not a leak. */
const LEAST_EXCESS = 20;

/**
 * It wakes nobody by itself: an owner's program that reports nothing looks just like somebody else, and such programs are more common than the budget of
 * pages allows (docs/detection-figures.md).
 */
const AS_LOUD_AS: Severity = "warning";

/** What a gateway served of a key beyond what its callers report. */
export interface ReconciliationVerdict {
  readonly severity: Severity | null;
  readonly score: number;
  /** Epoch ms of the block in which it began. */
  readonly onset: number;
  /** Since the onset, in minutes that could be compared. */
  readonly gateway: number;
  readonly caller: number;
  /** Requests since the onset beyond those that callers usually miss. */
  readonly excess: number;
  readonly spendMicros: number;
  /** The evidence: a usual key reaches it once in so many blocks. */
  readonly evidence: number;
}

/**
 * Signal `reconciliation`: requests that the gateway served and no caller reports, against the key's own usual loss. Null where there is no excess, or none any more.
 * @param blocks of the past week or more, oldest first
 * @param since epoch ms: what was before is vouched for
 */
export function judgeReconciliation(
  blocks: readonly UnreportedBlock[],
  usual: UsualLoss,
  since: number,
  limits: Thresholds,
): ReconciliationVerdict | null {
  const end = blocks.at(-1)?.at ?? 0;
  const recent = blocks.filter(({ at }) => at >= since && at > end - EVIDENCE_DAYS * DAY_MS);
  if (recent.length === 0) return null;
  const last = gatherEvidence(recent, usual);
  const told = sumOf(recent.slice(last.since));
  const excess = told.unreported - usual.share * told.gateway;
  if (excess < LEAST_EXCESS || !last.goesOn) return null;
  const keyDays = last.value / BLOCKS_PER_DAY / usual.rarest;
  if (keyDays <= 1) return null;
  const score = round6(scoreOnceIn(keyDays, limits.scale));
  return {
    severity: severityOf(score, limits) === null ? null : AS_LOUD_AS,
    score,
    onset: recent[last.since]!.at,
    gateway: told.gateway,
    caller: told.caller,
    excess: Math.round(excess),
    spendMicros: told.spendMicros,
    evidence: round6(last.value),
  };
}

function sumOf(blocks: readonly UnreportedBlock[]) {
  const sum = { gateway: 0, caller: 0, unreported: 0, spendMicros: 0 };
  for (const block of blocks) {
    sum.gateway += block.gateway;
    sum.caller += block.caller;
    sum.unreported += block.unreported;
    sum.spendMicros += block.spendMicros;
  }
  return sum;
}
