import { DateTime } from "luxon";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** Start of the UTC day (`YYYY-MM-DD`) in epoch ms. */
export function dayStart(day: string): number {
  return DateTime.fromISO(day, { zone: "utc" }).toMillis();
}

/** UTC day of an instant (epoch ms), `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  return DateTime.fromMillis(at, { zone: "utc" }).toISODate()!;
}

/** The day that lies `days` after a day (before it, when negative). */
export function addDays(day: string, days: number): string {
  return DateTime.fromISO(day, { zone: "utc" }).plus({ days }).toISODate()!;
}
