import { round6 } from "../model/round.js";
import { keyDaysPerFalseAlarm, scoreOnceIn, USUAL_SCALE, type ScoreScale } from "./threshold.js";

/** Chance, in decades, that a newcomer of one key comes from the very network that nobody but another key's newcomer ever used. */
const SAME_NETWORK_DECADES = 1;

/** What a network that nobody used before says of the keys that use it now. */
export interface SharedNetwork {
  /** In the units of thresholds: as rare as a single key's score of the same value. */
  readonly score: number;
  /** How many of the keys, the strongest first, make the finding. */
  readonly keys: number;
}

/**
 * Fuses what several keys show of one network that is new to the whole fleet. Each key's score alone says in how many key-days
 * legitimate traffic reaches it; that `k` of `fleet` keys do so on one day by chance is their product times the ways to choose
 * them, and that they do so from one and the same network is rarer still (a Bonferroni bound over subsets, as in higher
 * criticism: Donoho and Jin 2004, section 1). Null unless the others add to the strongest key.
 * @param scores score of each key if this network were its only newcomer
 * @param scale how rare scores are in the fleet
 */
export function judgeSharedNetwork(
  scores: readonly number[],
  fleet: number,
  scale: ScoreScale = USUAL_SCALE,
): SharedNetwork | null {
  const decades = scores
    .map((score) => Math.log10(keyDaysPerFalseAlarm(score, scale)))
    .filter((value) => value > 0)
    .toSorted((a, b) => b - a);
  let best: { value: number; keys: number } | null = null;
  let sum = 0;
  let choices = 0;
  for (const [i, value] of decades.entries()) {
    const k = i + 1;
    sum += value;
    choices += Math.log10((fleet - i) / k);
    // Budgets are per key-day: a fleet has so many of them a day.
    const total = sum + (k - 1) * SAME_NETWORK_DECADES - choices + Math.log10(fleet);
    if (k > 1 && (best === null || total > best.value)) best = { value: total, keys: k };
  }
  if (best === null || best.value <= decades[0]!) return null;
  return { score: round6(scoreOnceIn(10 ** best.value, scale)), keys: best.keys };
}
