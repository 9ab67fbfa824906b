import { keyDaysPerFalseAlarm, type Thresholds } from "./threshold.js";
import { BLOCKS_PER_DAY, blockFactor, MOST_EVIDENCE, STAKES } from "./unreported.js";
import type { UsualLoss } from "./usual-loss.js";

/** The search ends at so many times the key's usual traffic, and halves until it is this exact. */
const [MOST, PRECISION] = [16, 0.01] as const;
/** Of more requests a block than this their number is as good as certain. */
const CERTAIN_FROM = 60;

/**
 * The smallest steady addition to a key's usual traffic, as a share of it, that is told within some hours where callers report the key; null: none does. Who adds less is not
 * seen in that time.
 */
export function smallestSeenShare(usual: UsualLoss, hours: number, limits: Thresholds): number | null {
  const needed = keyDaysPerFalseAlarm(limits.notice, limits.scale) * BLOCKS_PER_DAY * usual.rarest;
  const blocks = Math.floor((hours * BLOCKS_PER_DAY) / 24);
  const isSeen = (share: number) => expectedEvidence(usual, share, blocks) >= needed;
  if (!isSeen(MOST)) return null;
  let [missed, seen]: [number, number] = [0, MOST];
  while (seen - missed > PRECISION * seen) {
    const middle = missed === 0 ? seen / 2 : Math.sqrt(missed * seen);
    if (isSeen(middle)) seen = middle;
    else missed = middle;
    if (seen < 1e-6) break;
  }
  return seen;
}

/** Evidence after some blocks, each of which adds what it does in the mean. */
function expectedEvidence(usual: UsualLoss, added: number, blocks: number): number {
  const gateway = usual.perBlock * (1 + added);
  const mean = usual.perBlock * (usual.share + added);
  const sums = STAKES.map((stake) => {
    const growth = Math.exp(
      meanOf(mean, (count) => Math.log(blockFactor(stake, gateway, Math.min(gateway, count), usual))),
    );
    let sum = 0;
    for (let i = 0; i < blocks; i += 1) sum = Math.min(MOST_EVIDENCE, (1 + sum) * growth);
    return sum;
  });
  return sums.reduce((a, b) => a + b, 0) / STAKES.length;
}

/** Mean of a function of a Poisson number. */
function meanOf(mean: number, of: (count: number) => number): number {
  if (mean > CERTAIN_FROM) return of(mean);
  let [chance, total] = [Math.exp(-mean), 0];
  const most = Math.ceil(mean + 10 * Math.sqrt(mean) + 10);
  for (let count = 0; count <= most; count += 1) {
    total += chance * of(count);
    chance *= mean / (count + 1);
  }
  return total;
}
