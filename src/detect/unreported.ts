import { DAY_MS, MINUTE_MS } from "../time/day.js";

/** Length of a block: callers send by the minute, and what they send and what a gateway sees of it is seconds apart. */
export const BLOCK_MS = 15 * MINUTE_MS;
export const BLOCKS_PER_DAY = DAY_MS / BLOCK_MS;
/** Shares of what could be staked on each block: the small ones find a small addition to few requests, the large ones any addition to many. */
export const STAKES = [0.02, 0.1, 0.4, 0.9] as const;
/**
 * A block multiplies evidence by no more than this: what is over within two hours is a session at a laptop, or a process that reports nothing for a while, more often than
 * an attacker. To take less than was won is no wrong: a mean of at most 1 stays one.
 */
const MOST_FACTOR = 4;
/** Rarer than this nothing is judged. */
export const MOST_EVIDENCE = 1e8;
/** Evidence of a day or more (in blocks) that was halved within half a day is of what is over: it begins anew. */
const FADES = { from: BLOCKS_PER_DAY, within: BLOCKS_PER_DAY / 2, to: 0.5 } as const;
/** What is over has no more than this of its evidence six hours later (in blocks). */
const ENDS = { within: BLOCKS_PER_DAY / 4, to: 0.7 } as const;

/** What the gateway served of a key in a block and what callers reported of the same minutes. */
export interface ComparedBlock {
  /** Epoch ms of its start. */
  readonly at: number;
  readonly gateway: number;
  readonly caller: number;
  readonly spendMicros: number;
}

/** A block with what the gateway served and no caller reported. */
export interface UnreportedBlock extends ComparedBlock {
  readonly unreported: number;
}

/** What evidence is weighed against: what is nothing unusual for the key. */
export interface NullShare {
  /** The largest share of unreported requests, in the mean, that is nothing unusual. */
  readonly most: number;
  /** Requests of a usual block: smaller blocks count less. */
  readonly perBlock: number;
}

/** Evidence of some blocks. */
export interface Evidence {
  /** At the end of the last one: a usual key reaches it at most once in so many blocks. */
  readonly value: number;
  /** Index of the block in which what it tells of began. */
  readonly since: number;
  /** The most that it was at the end of any of them, from one on. */
  readonly peak: number;
  /** Whether it is no less than six hours before. */
  readonly goesOn: boolean;
}

/**
 * What no caller reported, by block. What callers reported beyond the gateway's count of the block before is taken off: those requests reached
 * the gateway on this side of its end. Nothing else is: what callers report in vain (requests that never arrive) hides little for long.
 */
export function unreportedOf(blocks: readonly ComparedBlock[]): UnreportedBlock[] {
  return blocks.map((block, i) => {
    const before = blocks[i - 1];
    const ahead =
      before !== undefined && before.at === block.at - BLOCK_MS ? Math.min(0, before.gateway - before.caller) : 0;
    return { ...block, unreported: Math.max(0, block.gateway - block.caller + ahead) };
  });
}

/**
 * A Shiryaev-Roberts e-detector (Shin, Ramdas and Rinaldo 2024) of bets on a bounded mean (Waudby-Smith and Ramdas 2024): each block multiplies what was staked by
 * 1 + λ·v·(share − most), whose mean is at most 1 as long as the share that is to be expected, given all that was before, is at most `most`, however shares are
 * distributed and clumped. The sum over all blocks at which it may have begun reaches c at most once in c blocks in the mean.
 * @param from index of the first block whose evidence counts for the peak
 */
export function gatherEvidence(blocks: readonly UnreportedBlock[], usual: NullShare, from = 0): Evidence {
  const sums = new Float64Array(STAKES.length);
  const products = new Float64Array(STAKES.length).fill(1);
  const begun = STAKES.map(() => 0);
  const values = new Float64Array(blocks.length);
  let peak = 0;
  for (let i = 0; i < blocks.length; i += 1) {
    const { gateway, unreported } = blocks[i]!;
    for (let s = 0; s < STAKES.length; s += 1) {
      const factor = blockFactor(STAKES[s]!, gateway, unreported, usual);
      sums[s] = Math.min(MOST_EVIDENCE, (1 + sums[s]!) * factor);
      values[i]! += sums[s]! / STAKES.length;
      if (products[s]! <= 1) begun[s] = i;
      products[s] = Math.min(MOST_EVIDENCE, Math.max(1, products[s]!) * factor);
    }
    if (i >= from) peak = Math.max(peak, values[i]!);
    const before = values[i - FADES.within] ?? 0;
    if (before < FADES.from || values[i]! >= before * FADES.to) continue;
    sums.fill(0);
    products.fill(1);
  }
  const value = values.at(-1) ?? 0;
  const goesOn = value > (values.at(-1 - ENDS.within) ?? 0) * ENDS.to;
  return { value, since: begun[sums.indexOf(Math.max(...sums))]!, peak, goesOn };
}

/** What a stake is multiplied by at the end of a block. */
export function blockFactor(stake: number, gateway: number, unreported: number, { most, perBlock }: NullShare): number {
  if (gateway === 0) return 1;
  const volume = Math.min(1, gateway / perBlock);
  return Math.min(MOST_FACTOR, 1 + (stake / most) * volume * (unreported / gateway - most));
}
