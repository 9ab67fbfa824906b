/** Marks what was written as a byte of 0x80 to 0xFF until it is known what character it makes with those beside it. */
export const BYTE = 0x200000;
const [PERCENT, BACKSLASH, OPEN, CLOSE, LETTER_U, LETTER_X] = [37, 92, 123, 125, 117, 120] as const;
/** `\n`, `\r`, `\t` and the `\/` of PHP's JSON. */
const SHORT: ReadonlyMap<number, number> = new Map([
  [110, 10],
  [114, 13],
  [116, 9],
  [47, 47],
]);
/** Digits of `\u{1F600}` at the most. */
const MOST_DIGITS = 6;

/** The characters from a place on, which stand for one; a byte (BYTE and its value) or a UTF-16 unit. */
interface UndoneEscape {
  readonly from: number;
  readonly code: number;
}

/**
 * What the last of these characters stand for as URLs, JSON and programs escape: `%5F`, `%u005F`, `\u005f`, `\u{5f}`, `\x5f`, `\137`, `\/`, `\n`; null
 * where they stand for themselves. Backslashes before an escape are part of it, as JSON in JSON writes them.
 */
export function escapeAtEnd(codes: readonly number[]): UndoneEscape | null {
  const { length } = codes;
  const last = codes[length - 1]!;
  if (codes[length - 2] === BACKSLASH && SHORT.has(last)) return withBackslashes(codes, length - 2, SHORT.get(last)!);
  if (last === CLOSE) return codePointAtEnd(codes);
  if (digit(last) < 0) return null;
  if (codes[length - 3] === PERCENT) return escapeFrom(codes, length - 3, byte(number(codes, length - 2, length, 16)));
  if (codes[length - 4] === BACKSLASH) {
    if (codes[length - 3] === LETTER_X)
      return escapeFrom(codes, length - 4, byte(number(codes, length - 2, length, 16)));
    return escapeFrom(codes, length - 4, byte(number(codes, length - 3, length, 8)));
  }
  const isLong = codes[length - 5] === LETTER_U && (codes[length - 6] === BACKSLASH || codes[length - 6] === PERCENT);
  return isLong ? escapeFrom(codes, length - 6, number(codes, length - 4, length, 16)) : null;
}

function codePointAtEnd(codes: readonly number[]): UndoneEscape | null {
  const end = codes.length - 1;
  let open = end - 1;
  while (open >= end - MOST_DIGITS && digit(codes[open]!) >= 0) open -= 1;
  if (codes[open] !== OPEN || codes[open - 1] !== LETTER_U || codes[open - 2] !== BACKSLASH) return null;
  const code = number(codes, open + 1, end, 16);
  // No key is written in what lies beyond the first plane.
  return open + 1 < end && code <= 0xffff ? withBackslashes(codes, open - 2, code) : null;
}

function escapeFrom(codes: readonly number[], from: number, code: number): UndoneEscape | null {
  if (Number.isNaN(code)) return null;
  return codes[from] === BACKSLASH ? withBackslashes(codes, from, code) : { from, code };
}

function withBackslashes(codes: readonly number[], from: number, code: number): UndoneEscape {
  let first = from;
  while (codes[first - 1] === BACKSLASH) first -= 1;
  return { from: first, code };
}

function byte(code: number): number {
  if (code > 0xff) return NaN;
  return code < 0x80 ? code : BYTE + code;
}

/** The number that the digits between two places are; NaN where one is none. */
function number(codes: readonly number[], from: number, to: number, base: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const one = digit(codes[at]!);
    if (one < 0 || one >= base) return NaN;
    value = value * base + one;
  }
  return value;
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
