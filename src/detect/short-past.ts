import type { BinHistory } from "./surprise.js";

/** From so many days on that taught what is usual for a key it is judged as any other. */
const WHOLE_PAST_DAYS = 14;
/**
 * How much of its score is held back of a key that has none of them, where its fleet has all. Of 29,656 key-days of the tuning seeds none of a key with a whole past was above 10.7,
 * and keys with less, one in twenty, came to 14.4: what nobody did before on it is little evidence where there was hardly a before.
 */
const MOST_HELD_BACK = 3;

/**
 * How much of a score is held back since the key lacks past days that its fleet has. Of a fleet that is young itself every score is lower, and its thresholds are (threshold.ts).
 * Nothing is, while the key is under suspicion: it learns no day meanwhile, and what was found would be let go while it goes on.
 * @param learnedDays days on record of the fleet
 */
export function heldBack(
  { taughtDays, isSuspect }: Pick<BinHistory, "taughtDays" | "isSuspect">,
  learnedDays: number,
): number {
  if (isSuspect) return 0;
  const lacking = pastOf(learnedDays) - pastOf(taughtDays);
  return (MOST_HELD_BACK * Math.max(0, lacking)) / WHOLE_PAST_DAYS;
}

const pastOf = (days: number) => Math.min(WHOLE_PAST_DAYS, days);
