/** A key is watched while it was used within so many days, and counts in the fleet's budget. */
export const WATCHED_DAYS = 30;

/** What a closed day says of the whole fleet: the thresholds of the next one follow from it and the stated budget. */
export interface FleetDay {
  /** Keys with traffic in the last 30 days. */
  readonly watchedKeys: number;
}
