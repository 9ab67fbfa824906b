import { isFields, type Fields } from "../cloudtrail-names.js";

/** Longer than any field that is kept. */
const LONGEST_NUMBER = 40;
const EMPTY: Fields = Object.freeze({});

/** The value as an object, or one without fields. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : EMPTY;
}

/** A text as logs write it: "" for what is no text, `-` and other signs for nothing; of a list the first, as headers are logged. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value === "-" || value === "null" ? "" : value;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return Array.isArray(value) && typeof value[0] === "string" ? textOf(value[0]) : "";
}

/** The first that holds a text. */
export function firstText(...values: readonly unknown[]): string {
  for (const value of values) {
    const text = textOf(value);
    if (text !== "") return text;
  }
  return "";
}

/** A number, also written as a text; null for nothing (`-`, ""), undefined for what is no number. */
export function numberOf(value: unknown): number | null | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (value === undefined || value === null || value === "" || value === "-") return null;
  if (typeof value !== "string" || value.length > LONGEST_NUMBER) return undefined;
  return wholeOf(value) ?? decimalOf(value);
}

/** A number of digits alone, as most are: a few times faster than `Number`. */
function wholeOf(text: string): number | undefined {
  if (text.length > 15) return undefined;
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** Of blanks `Number` makes 0, and of 0x10 16. */
function decimalOf(text: string): number | undefined {
  const number = /^[-+.\d]/.test(text) && !/[xobXOB]/.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** A number that is not below 0, or undefined: for what an event can do without. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return typeof number === "number" && number >= 0 ? number : undefined;
}

/** Milliseconds of so many seconds, without the hair that floating point adds. */
export function secondsToMs(value: unknown): number | undefined {
  const seconds = amountOf(value);
  return seconds === undefined ? undefined : Math.round(seconds * 1e6) / 1e3;
}

/** The sum of what is a number; null when nothing is, undefined when one of them is no number. */
export function sumOf(values: readonly unknown[]): number | null | undefined {
  let sum: number | null = null;
  for (const value of values) {
    const number = numberOf(value);
    if (number === undefined) return undefined;
    if (number !== null) sum = (sum ?? 0) + number;
  }
  return sum;
}

/** A header by its name, whatever its case. */
export function headerOf(headers: unknown, name: string): string {
  if (!isFields(headers)) return "";
  const direct = headers[name];
  if (direct !== undefined) return textOf(direct);
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return textOf(headers[key]);
  }
  return "";
}
