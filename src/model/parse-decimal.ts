const DECIMAL = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** No double and no price is longer; the rest is noise. */
const LONGEST_DECIMAL = 400;

/**
 * A decimal number >= 0 as an integer count of 10^-scale, rounded half up on its decimal digits: never through float arithmetic.
 * Undefined when it is not such a number or the result is 2^53 or more.
 */
export function parseDecimal(value: number | string, scale: 3 | 6): number | undefined {
  if (typeof value === "string") return parseText(value, scale);
  if (!(value >= 0 && value < Infinity)) return undefined;
  const factor = scale === 6 ? 1_000_000 : 1000;
  const scaled = Math.round(value * factor);
  // Up to 15 digits a decimal and its double stand for each other, so dividing back proves the digits.
  if (scaled <= 1e15 && scaled / factor === value) return scaled + 0;
  return parseText(String(value), scale);
}

function parseText(text: string, scale: number): number | undefined {
  if (text.length > LONGEST_DECIMAL) return undefined;
  const part = DECIMAL.exec(text);
  if (part === null) return undefined;
  const whole = part[1] ?? "";
  const written = whole + (part[2] ?? "");
  if (written === "") return undefined;
  const digits = written.replace(/^0+/, "");
  if (digits === "") return 0;
  const point = whole.length + Number(part[3] ?? 0) + scale - (written.length - digits.length);
  if (point < 0) return 0;
  if (point > 16) return undefined;
  const kept = Number(digits.slice(0, point).padEnd(point, "0"));
  const result = digits.charCodeAt(point) >= 53 ? kept + 1 : kept;
  return Number.isSafeInteger(kept) && Number.isSafeInteger(result) ? result : undefined;
}
