/** Logs write numbers as texts now and then. */
const WHOLE = /^\d{1,16}$/;
const DECIMAL = /^\d{1,16}(\.\d{1,9})?$/;

/** A whole number, also written as a text of digits, from `min` to `max`; `absent` when there is none, undefined when it is no such number. */
export function readInteger(value: unknown, absent: number, min: number, max: number): number | undefined {
  if (value === undefined || value === null) return absent;
  const number = typeof value === "string" && WHOLE.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) return undefined;
  return (number as number) >= min && (number as number) <= max ? (number as number) + 0 : undefined;
}

/** A number that is not below 0, also written as a text; 0 when there is none, undefined when it is no such number. */
export function readNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return 0;
  const number = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  return typeof number === "number" && number >= 0 ? number + 0 : undefined;
}
