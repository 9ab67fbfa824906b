import { maskSecrets } from "./secret-shape.js";

/** Control characters, marks that turn the writing direction, and halves of a character: they garble rows and pages. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");
/** Texts are looked at for secrets only so far: more than any cap keeps, and bounded work for a hostile line. */
const LOOKED_AT = 4096;
/** Routes, scopes and clients repeat in nearly every event: so many of them, none longer than this, are known to be clean. */
const KNOWN_CLEAN = 8192;
const LONGEST_KNOWN = 200;

const knownClean = new Set<string>();

/** True when the text holds characters that must not be stored as they are. */
export function hasUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** The text with unprintable characters as U+FFFD and secrets masked, and whether there were any. Not yet cut. */
export function cleanText(
  text: string,
  rawKey: string | undefined,
): { readonly text: string; readonly masked: boolean } {
  if (rawKey === undefined && knownClean.has(text)) return { text, masked: false };
  const seen = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const printable = UNPRINTABLE.test(seen) ? seen.replace(ALL_UNPRINTABLE, "\ufffd") : seen;
  const holdsKey = rawKey !== undefined && printable.includes(rawKey);
  const result = maskSecrets(holdsKey ? printable.replaceAll(rawKey, "[secret]") : printable);
  const masked = result.masked || holdsKey;
  if (!masked && printable === text && text.length <= LONGEST_KNOWN) rememberClean(text);
  // Where the look ended within a secret its beginning has no shape: drop the unfinished word.
  if (masked && seen !== text) return { text: result.text.replace(/[^\s[\]]*$/, ""), masked };
  return masked === result.masked ? result : { text: result.text, masked };
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
