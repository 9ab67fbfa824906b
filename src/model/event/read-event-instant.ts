import type { EventNote } from "./event-notes.js";
import { parseInstant } from "../parse-instant.js";

/** An instant and what is to be told of how it was written. */
export interface EventInstant {
  /** Epoch milliseconds, a whole number. */
  readonly at: number;
  readonly note: Extract<EventNote, `ts_in_${string}`> | null;
}

const EPOCH_DIGITS = /^\d{9,19}(\.\d{1,9})?$/;
/** Milliseconds of a usual log are 10^12 to 10^13; what is this small is seconds since 2001, what is this large micro- or nanoseconds. */
const [SECONDS_FROM, MILLIS_FROM, MICROS_FROM, NANOS_FROM] = [1e9, 1e10, 1e14, 1e17];

/** RFC 3339, or a number since the epoch, also as a text, whose unit its magnitude tells; undefined when it is neither. */
export function readEventInstant(value: unknown): EventInstant | undefined {
  if (typeof value === "string" && !EPOCH_DIGITS.test(value)) {
    const at = parseInstant(value);
    return at === undefined ? undefined : { at, note: null };
  }
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  if (number >= NANOS_FROM) return { at: Math.floor(number / 1e6), note: "ts_in_nanoseconds" };
  if (number >= MICROS_FROM) return { at: Math.floor(number / 1e3), note: "ts_in_microseconds" };
  // Seconds with a fraction are a hair off as floating point: what is missing to the next millisecond is less than that.
  if (number >= SECONDS_FROM && number < MILLIS_FROM) {
    return { at: Math.floor(number * 1000 + 0.01), note: "ts_in_seconds" };
  }
  return { at: Math.floor(number), note: null };
}
