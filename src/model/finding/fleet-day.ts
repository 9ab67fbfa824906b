/** A key is watched while it was used within so many days, and counts in the fleet's budget. */
export const WATCHED_DAYS = 30;

/** How far back the scores of a fleet count. */
export const TAIL_DAYS = 28;

/** What a closed day says of the whole fleet: the thresholds of the next one follow from it and the stated budget. */
export interface FleetDay {
  /** Keys with traffic in the last 30 days. */
  readonly watchedKeys: number;
  /** How many of the last 30 days are learned. */
  readonly learnedDays: number;
  readonly tail: FleetTail;
}

/**
 * How high legitimate traffic scored in the 28 days that end with a day, from a score on that one key-day in a hundred reaches. Days of a key on end
 * count once, by the highest. What was judged a leak is left out, and so is what paged and nobody called benign.
 */
export interface FleetTail {
  /** Days of keys that were used in that time. */
  readonly keyDays: number;
  /** The page threshold of the day: what scored higher woke somebody. */
  readonly until: number;
  /** How often something scored that high, but stayed below `until`. */
  readonly below: number;
  /** By how much these passed the least score, added up. */
  readonly excess: number;
  /** How often something paged that a person called benign. */
  readonly benignPages: number;
}

/** A fleet of which nothing is on record. @public for tests */
export const NO_TAIL: FleetTail = { keyDays: 0, until: 0, below: 0, excess: 0, benignPages: 0 };
