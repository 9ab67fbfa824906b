import type { Share } from "./experts.js";
import type { Score } from "./fusion.js";
import type { KeyTick, Measures } from "./measure.js";

/** What a signal is judged from: the key's figures at the tick, their statistics, the fused score and each signal's share. */
export interface Evidence {
  readonly tick: KeyTick;
  readonly measures: Measures;
  readonly result: Score;
  readonly share: Share;
}
