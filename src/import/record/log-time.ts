import { readEventInstant } from "../../model/event/read-event-instant.js";
import { eventTimeOf } from "../cloudtrail-names.js";
import type { ParseOptions } from "./log-format.js";

/** RFC 3339 with nanoseconds and an offset has 35. */
const LONGEST_TIME = 40;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LATEST_MS = 8.64e15;

/** A time as a log writes it, as RFC 3339: RFC 3339 (without a zone: UTC), or since the epoch in the unit that its magnitude tells; undefined when it is none. */
export function timeOf(value: unknown, options: ParseOptions): string | undefined {
  if (typeof value === "string") {
    if (value.length > LONGEST_TIME || value.length < 9) return undefined;
    if (value.charCodeAt(4) === 45) {
      const time = eventTimeOf(value);
      if (time === null) return undefined;
      if (!hasZone(value)) options.note("time_without_zone_as_utc");
      return time;
    }
    if (value.charCodeAt(2) === 47) return clfTime(value);
  } else if (typeof value !== "number") return undefined;
  const instant = readEventInstant(value);
  if (instant === undefined || !(Math.abs(instant.at) < LATEST_MS)) return undefined;
  if (instant.note !== null) options.note(instant.note);
  return new Date(instant.at).toISOString();
}

/** The instant of a text or number in milliseconds, or undefined. */
export function instantOf(value: unknown, options: ParseOptions): number | undefined {
  const time = timeOf(value, options);
  return time === undefined ? undefined : Date.parse(time);
}

function hasZone(text: string): boolean {
  const last = text.charCodeAt(text.length - 1) | 32;
  if (last === 122 || text.endsWith("UTC")) return true;
  return Math.max(text.lastIndexOf("+"), text.lastIndexOf("-")) > 10;
}

let lastClf = "";
let lastClfTime: string | undefined;

/** `26/Nov/2026:12:57:21 +0000`, also with milliseconds and without a zone (UTC). Lines of the same second follow each other: the last one is remembered. */
export function clfTime(text: string): string | undefined {
  if (text === lastClf) return lastClfTime;
  lastClfTime = parseClf(text);
  lastClf = text;
  return lastClfTime;
}

function parseClf(text: string): string | undefined {
  if (text.length < 20 || text.length > LONGEST_TIME) return undefined;
  if (text[2] !== "/" || text[6] !== "/" || text[11] !== ":" || text[14] !== ":" || text[17] !== ":") return undefined;
  const month = MONTHS.indexOf(text.slice(3, 6));
  const day = digitsAt(text, 0, 2);
  const year = digitsAt(text, 7, 4);
  const [hour, minute, second] = [digitsAt(text, 12, 2), digitsAt(text, 15, 2), digitsAt(text, 18, 2)];
  if (month < 0 || !(day >= 1 && hour < 24 && minute < 60 && second <= 60 && year >= 1)) return undefined;
  const date = Date.UTC(year, month, day, hour, minute, second);
  // 31/Feb would be a day of March.
  if (new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return undefined;
  let at = 20;
  let millis = 0;
  if (text[at] === ".") {
    millis = digitsAt(text, at + 1, 3);
    at += 4;
  }
  const offset = at >= text.length ? 0 : offsetAt(text, at);
  const instant = date + millis - offset * 60_000;
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
}

/** Minutes of ` +0100` at a place, NaN when there is no such thing. */
function offsetAt(text: string, at: number): number {
  const sign = text[at + 1];
  if (text[at] !== " " || text.length !== at + 6 || (sign !== "+" && sign !== "-")) return NaN;
  const minutes = digitsAt(text, at + 2, 2) * 60 + digitsAt(text, at + 4, 2);
  return sign === "-" ? -minutes : minutes;
}

function digitsAt(text: string, at: number, count: number): number {
  let number = 0;
  for (let next = at; next < at + count; next += 1) {
    const digit = text.charCodeAt(next) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  return number;
}
