/** The sliding windows in which a key is judged, in minutes, shortest first. */
export const WINDOW_MINUTES = [15, 60, 360, 1440] as const;

export const WINDOW_NAMES = ["15 minutes", "hour", "6 hours", "24 hours"] as const;

/** One number per window, in the order of WINDOW_MINUTES. */
export type PerWindow<T = number> = readonly [T, T, T, T];

/** Makes one value per window. */
export function perWindow<T>(make: (window: number) => T): [T, T, T, T] {
  return [make(0), make(1), make(2), make(3)];
}

/** The learning and the statistics of a day go in slots of five minutes. */
export const SLOT_MS = 300_000;
export const SLOTS_PER_DAY = 288;
