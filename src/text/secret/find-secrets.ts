import { findRandomBase64 } from "./find-random-base64.js";
import { isOf, isWordCode, KnownSecretFinder } from "./find-known-secrets.js";
import { BASE64_URL } from "./known-secrets.js";
import { isAfterGap, type PlainView } from "./plain-view.js";
import type { TextSpan } from "./text-spans.js";

/** No shape is shorter: texts under this length need no look. */
const SHORTEST_SECRET = 13;
const LONGEST_USER = 128;
const LONGEST_PASSWORD = 256;
const LONGEST_PEM_TITLE = 51;
const [SHORTEST_BOT_ID, LONGEST_BOT_ID, BOT_TOKEN] = [8, 12, 35] as const;

const [DASH, SLASH, COLON, AT, QUOTE, APOSTROPHE, BACKSLASH, LETTER_A] = [45, 47, 58, 64, 34, 39, 92, 65] as const;

/**
 * What has the shape of a secret in a text as it stands, from left to right. One pass: what a place could begin is decided at that place, and no
 * run of characters is read again for a later place in it, so that twice the text takes twice the time, whatever is in it. `view`: whose text it is.
 */
export function findSecrets(text: string, view: PlainView | null = null): readonly TextSpan[] {
  if (text.length < SHORTEST_SECRET) return NONE;
  let found: TextSpan[] = NONE;
  const known = new KnownSecretFinder(text);
  let before = NaN;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    let to = -1;
    if (code === DASH) to = endOfPem(text, at);
    else if (isWordCode(code)) to = known.endAt(at, isWordCode(before) && !(view !== null && isAfterGap(view, at)));
    if (to < 0 && before === COLON && code === LETTER_A) to = endOfBotToken(text, at);
    if (to < 0 && before === SLASH && text.startsWith("://", at - 3)) to = endOfLogin(text, at);
    if (to < 0) {
      before = code;
      at += 1;
      continue;
    }
    if (found === NONE) found = [];
    found.push({ from: at, to });
    before = text.charCodeAt(to - 1);
    at = to;
  }
  return text.length < 40 ? found : withRandomBase64(text, found);
}

const NONE: TextSpan[] = [];

/** Looks between the secrets found for those that are known by their randomness alone. */
function withRandomBase64(text: string, found: readonly TextSpan[]): readonly TextSpan[] {
  if (found.length === 0) return findRandomBase64(text, 0, text.length);
  const all: TextSpan[] = [];
  let from = 0;
  for (const span of found) {
    all.push(...findRandomBase64(text, from, span.from), span);
    from = span.to;
  }
  all.push(...findRandomBase64(text, from, text.length));
  return all;
}

/** What makes a Telegram bot's token of its id: 35 characters behind 8 to 12 digits and a colon. The id is public, and letters may stand before it. */
function endOfBotToken(text: string, from: number): number {
  if (text.charCodeAt(from + 1) !== LETTER_A) return -1;
  let digits = 0;
  while (digits <= LONGEST_BOT_ID && isDigit(text.charCodeAt(from - 2 - digits))) digits += 1;
  if (digits < SHORTEST_BOT_ID || digits > LONGEST_BOT_ID) return -1;
  let at = from;
  while (isOf(BASE64_URL, text.charCodeAt(at))) at += 1;
  return at - from < BOT_TOKEN ? -1 : at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `user:password` up to its @, behind the `://` of a URL. */
function endOfLogin(text: string, from: number): number {
  let at = from;
  while (at - from < LONGEST_USER && isOfLogin(text, at) && text.charCodeAt(at) !== COLON) at += 1;
  if (text.charCodeAt(at) !== COLON) return -1;
  const password = at + 1;
  at = password;
  while (at - password <= LONGEST_PASSWORD && isOfLogin(text, at)) at += 1;
  const length = at - password;
  return length >= 1 && length <= LONGEST_PASSWORD && text.charCodeAt(at) === AT ? at : -1;
}

function isOfLogin(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return false;
  if (code >= 128) return !/\s/.test(text[at]!);
  const isSpace = code === 32 || (code >= 9 && code <= 13);
  return !isSpace && code !== SLASH && code !== AT && code !== QUOTE && code !== APOSTROPHE && code !== BACKSLASH;
}

/** A private key up to its end, but never past a quotation mark: a line of JSON stays one. */
function endOfPem(text: string, from: number): number {
  let at = endOfPemLine(text, from, "-----BEGIN ");
  if (at < 0) return -1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === DASH && text.startsWith("-----END", at)) {
      const end = endOfPemLine(text, at, "-----END ");
      return end < 0 ? at : end;
    }
    if (code !== BACKSLASH) continue;
    let next = at + 1;
    while (text.charCodeAt(next) === BACKSLASH) next += 1;
    if (text.charCodeAt(next) === QUOTE) return at;
    at = next - 1;
  }
  return at;
}

function endOfPemLine(text: string, from: number, lead: string): number {
  if (!text.startsWith(lead, from)) return -1;
  const title = from + lead.length;
  let at = title;
  while (at - title <= LONGEST_PEM_TITLE && isOfTitle(text.charCodeAt(at))) at += 1;
  const isKey = at - title <= LONGEST_PEM_TITLE && text.startsWith("PRIVATE KEY", at - 11) && at - 11 >= title;
  return isKey && text.startsWith("-----", at) ? at + 5 : -1;
}

function isOfTitle(code: number): boolean {
  return (code >= 65 && code <= 90) || code === 32;
}
