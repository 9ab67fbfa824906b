import { plainViewOf } from "./secret/plain-view.js";
import type { RawKeyFinder } from "./secret/raw-key-finder.js";
import { LONGEST_SECRET, secretSpans } from "./secret/secret-shape.js";
import { maskSpans, mergeSpans, type TextSpan } from "./secret/text-spans.js";

/**
 * Control characters, marks that turn the writing direction, tags and other marks that are not seen and say nothing to people, and halves of a
 * character: they garble rows, pages and terminals. What joins letters and emoji stays.
 */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029\u206a-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");
/** Nothing that anybody sees. */
const BLANK = /^[\s\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffd]*$/u;
/** Routes, scopes and clients repeat in nearly every event: so many of them, none longer than this, are known to be clean. */
const KNOWN_CLEAN = 8192;
const LONGEST_KNOWN = 200;
const NO_SPANS: readonly TextSpan[] = [];

/** Printable, without any shape of a secret, and its own plain view. Forgotten all at once: an LRU cache takes 5 times as long for new texts. */
const knownClean = new Set<string>();

/** True when the text holds characters that must not be stored as they are. */
export function hasUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** True when nobody would see anything of the text: then it names nobody. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/** True for what every browser takes for a step of the way in an address, however it is encoded: there is no page under it. */
export function isDotSegment(text: string): boolean {
  return text === "." || text === "..";
}

/** The text with U+FFFD for each character that must not be stored or printed. */
export function printable(text: string): string {
  return UNPRINTABLE.test(text) ? text.replaceAll(ALL_UNPRINTABLE, "\ufffd") : text;
}

/**
 * At most `cap` UTF-16 units of a text, with unprintable characters as U+FFFD and secrets masked, and whether there was a secret, also of the
 * raw key. It is cut before it is looked at; what is kept of a secret that the cut goes through is its mask.
 */
export function cleanText(
  text: string,
  cap: number,
  rawKey?: RawKeyFinder,
): { readonly text: string; readonly masked: boolean } {
  const isKnown = knownClean.has(text);
  if (isKnown && (rawKey === undefined || rawKey.spansIn(text, null).length === 0)) {
    return { text: cutText(text, cap), masked: false };
  }
  const seen = cutText(text, cap + LONGEST_SECRET);
  const view = plainViewOf(seen);
  const keySpans = rawKey === undefined ? NO_SPANS : rawKey.spansIn(seen, view);
  const shapes = isKnown ? NO_SPANS : secretSpans(seen, view);
  const spans = mergeSpans(keySpans, shapes);
  if (shapes.length === 0 && view === null && text.length <= LONGEST_KNOWN) rememberClean(text);
  const shown = view === null ? seen : cleanInPlace(seen);
  const kept = maskSpans(shown, spans, cutText(shown, cap).length);
  return { text: cutText(kept, cap), masked: spans.length > 0 };
}

/** As printable, with a text of the same length, so that what was found in it stands where it stood. */
function cleanInPlace(text: string): string {
  return text.replaceAll(ALL_UNPRINTABLE, (mark) => "\ufffd".repeat(mark.length));
}

function rememberClean(text: string): void {
  if (knownClean.size >= KNOWN_CLEAN) knownClean.clear();
  knownClean.add(text);
}

/** At most `cap` UTF-16 units, never half a character. */
export function cutText(text: string, cap: number): string {
  if (text.length <= cap) return text;
  const last = text.charCodeAt(cap - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? cap - 1 : cap);
}
