import { BYTE, escapeAtEnd } from "./undo-escapes.js";

/** A text without its disguises, and where in the original each of its characters stands: half-open, by place. */
export interface PlainView {
  readonly text: string;
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** Control characters, marks that are not seen or that turn the writing direction, and halves of a character. */
const UNSEEN = /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufffd\p{Surrogate}]/u;
const DISGUISED =
  /%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})|\\(?:x[0-9A-Fa-f]{2}|u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{1,6}\})|[0-3][0-7]{2}|[nrt/])|[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufffd\p{Surrogate}]/u;

/**
 * What a text says once its percent signs and the escapes of JSON and programs (`\u005f`, `\x2d`) are undone, as often as that is possible, and once
 * what nobody sees in it is left out; null when it says just that already. A key in a URL or in a script, or one with a mark in its middle, is
 * recognised there. One pass over the text.
 */
export function plainViewOf(text: string): PlainView | null {
  if (!DISGUISED.test(text)) return null;
  const { codes, begins, ends } = undoEscapes(text);
  const plain: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  for (let at = 0; at < codes.length;) {
    const { code, length } = characterAt(codes, at);
    if (isSeen(code)) {
      for (const unit of unitsOf(code)) {
        plain.push(unit);
        from.push(begins[at]!);
        to.push(ends[at + length - 1]!);
      }
    }
    at += length;
  }
  return { text: textOf(plain), begins: from, ends: to };
}

/** True when something that nobody sees, such as a newline, was left out right before a place: a word ended there. */
export function isAfterGap({ begins, ends }: PlainView, at: number): boolean {
  return at > 0 && begins[at] !== ends[at - 1];
}

/** Decodes at the end of what is decoded so far, so that `%2541` becomes `%41` becomes `A` without another pass. */
function undoEscapes(text: string) {
  const codes: number[] = [];
  const begins: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    codes.push(text.charCodeAt(at));
    begins.push(at);
    ends.push(at + 1);
    for (let escape = escapeAtEnd(codes); escape !== null; escape = escapeAtEnd(codes)) {
      const { from, code } = escape;
      codes.length = from + 1;
      begins.length = from + 1;
      ends.length = from + 1;
      codes[from] = code;
      ends[from] = at + 1;
    }
  }
  return { codes, begins, ends };
}

/** The character at a place and how many codes make it: bytes as UTF-8, halves as pairs; U+FFFD where they make none. */
function characterAt(codes: readonly number[], at: number): { readonly code: number; readonly length: number } {
  const first = codes[at]!;
  if (first >= 0xd800 && first <= 0xdbff) {
    const second = codes[at + 1] ?? 0;
    const isPair = second >= 0xdc00 && second <= 0xdfff;
    return isPair
      ? { code: 0x10000 + (first - 0xd800) * 0x400 + second - 0xdc00, length: 2 }
      : { code: first, length: 1 };
  }
  if (first < BYTE) return { code: first, length: 1 };
  const lead = first - BYTE;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  let code = lead & (0xff >> (length + 1));
  for (let next = 1; next < length; next += 1) {
    const byte = (codes[at + next] ?? 0) - BYTE;
    if (lead < 0xc2 || byte < 0x80 || byte > 0xbf) return { code: 0xfffd, length: 1 };
    code = code * 64 + (byte & 0x3f);
  }
  // What has a shorter spelling hides nothing here, and is no UTF-8.
  const least = [0x80, 0x800, 0x10000][length - 2]!;
  return code < least || code > 0x10ffff ? { code: 0xfffd, length: 1 } : { code, length };
}

function isSeen(code: number): boolean {
  if (code >= 0x20 && code < 0x7f) return true;
  return !UNSEEN.test(String.fromCodePoint(code));
}

function unitsOf(code: number): readonly number[] {
  if (code < 0x10000) return [code];
  return [0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff)];
}

/** In pieces, as a call takes only so many arguments. */
function textOf(units: readonly number[]): string {
  let text = "";
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.slice(at, at + 4096));
  return text;
}
