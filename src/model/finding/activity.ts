/** Whoever pauses for less than this still goes on, minutes. */
export const PAUSE_MINUTES = 15;

/** Whether what was seen last at an instant (epoch ms, to the minute) still goes on at another. */
export function isLately(lastAt: number, now: number): boolean {
  return now - lastAt <= (PAUSE_MINUTES + 1) * 60_000;
}

/** Whether what was found still goes on at the tick, as findings hold it. */
export interface Activity {
  /** What is counted: requests of sources or of programs that are new to the key, those that it was refused, or those beyond what was expected. */
  readonly of: "unknown" | "clients" | "refusals" | "unexpected";
  readonly is_going_on: boolean;
  /** Start of the last minute with such a request, RFC 3339; null where only windows were looked at. */
  readonly last_at: string | null;
  /** For how many minutes there was none, at least. */
  readonly quiet_minutes: number;
  /** Such requests a minute over the last quarter of an hour, or since the onset where that was later. */
  readonly per_minute: number;
}

/** When what was found was last seen, RFC 3339, if it has ended and that is known; else null. */
export function endedAt(activity: Activity | null): string | null {
  return activity === null || activity.is_going_on ? null : activity.last_at;
}
