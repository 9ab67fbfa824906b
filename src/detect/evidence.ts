import type { Score, Share } from "./fusion.js";
import type { KeyTick, Measures } from "./measure.js";

/** What a signal is judged from: the key's figures at the tick, their statistics, the fused score and each signal's share. */
export interface Evidence {
  readonly tick: KeyTick;
  readonly measures: Measures;
  readonly result: Score;
  readonly share: Share;
}

/** A count as people read it: 1,234. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** Dollars as people read them, from millionths. */
export function dollarText(micros: number): string {
  return `$${(micros / 1e6).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
