import { escapeAt } from "./escapes.js";
import { alphabetOf } from "./known-secrets.js";
import { isOf } from "./find-known-secrets.js";
import type { TextSpan } from "./text-spans.js";

/** An AWS secret access key is 40 characters of base64, alone or between the slashes of a path, if it is random enough. */
const LENGTH = 40;
/** Random base64 changes its kind of character 25 times in 40 (deviation 3), a path of words far less often. */
const MIN_KIND_CHANGES = 14;
const BASE64 = alphabetOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+");
const [SLASH, EQUALS] = [47, 61];
/** Characters of a digest before its padding, and how many of those there are. */
const PADDING_OF_DIGEST: ReadonlyMap<number, number> = new Map([
  [43, 1],
  [86, 2],
]);
const NONE: readonly TextSpan[] = [];

/** Stretches that look like an AWS secret key between two places of a text, as if nothing stood before and behind them. */
export function findRandomBase64(text: string, from: number, to: number): readonly TextSpan[] {
  let found: TextSpan[] | undefined;
  for (let at = from; at < to; at += 1) {
    const run = at;
    while (at < to && isOf(BASE64, text.charCodeAt(at))) at += 1;
    if (at - run < LENGTH) continue;
    const start = run > from ? behindEscape(text, run) : run;
    if (at - start < LENGTH || isDigest(text, start, at, to)) continue;
    const begin = start + lengthOfOwnId(text, start);
    (found ??= []).push(...findInRun(text, begin, at, at < to && text.charCodeAt(at) === EQUALS));
  }
  return found ?? NONE;
}

/** Where a run of base64 begins that an escape such as `\n` or `\x22` seems to be part of. Of what is escaped base64 itself, such as `%2B`, it is the middle. */
function behindEscape(text: string, run: number): number {
  const escape = escapeAt(text, run - 1);
  return escape === null || isOf(BASE64, escape.code) ? run : escape.to;
}

/** Names of our own that begin with a fingerprint's id, such as an incident's and its pages', hold as many kinds of characters as a secret. */
function lengthOfOwnId(text: string, start: number): number {
  OWN_ID.lastIndex = start - OWN_PREFIX.length;
  return start >= OWN_PREFIX.length && OWN_ID.test(text) ? OWN_ID.lastIndex - start : 0;
}

const OWN_PREFIX = "fp_";
const OWN_ID = /fp_[0-9a-f]{16}\//y;

/** SHA-256 and SHA-512 in base64, whose slashes are no path's: a hash of a token, as audit logs name it, is public. What begins with one may be a path. */
function isDigest(text: string, start: number, end: number, to: number): boolean {
  const padding = PADDING_OF_DIGEST.get(end - start);
  if (padding === undefined || text.charCodeAt(start) === SLASH) return false;
  for (let at = end; at < end + padding; at += 1) if (at >= to || text.charCodeAt(at) !== EQUALS) return false;
  const after = end + padding < to ? text.charCodeAt(end + padding) : NaN;
  return after !== EQUALS && !isOf(BASE64, after);
}

/** Looks at every 40 characters of a run of base64, with counts that move on by one. */
function findInRun(text: string, start: number, end: number, isPadded: boolean): TextSpan[] {
  const found: TextSpan[] = [];
  const counts = [0, 0, 0, 0, 0];
  let changes = 0;
  let first = start;
  for (let at = start; at < end; at += 1) {
    const kind = kindAt(text, at);
    counts[kind]! += 1;
    if (at > first && kind !== kindAt(text, at - 1)) changes += 1;
    if (at - first === LENGTH) {
      const gone = kindAt(text, first);
      counts[gone]! -= 1;
      first += 1;
      if (kindAt(text, first) !== gone) changes -= 1;
    }
    if (at - first < LENGTH - 1) continue;
    const begins = first === start || text.charCodeAt(first - 1) === SLASH;
    const ends = at + 1 === end ? !isPadded : text.charCodeAt(at + 1) === SLASH;
    const isMixed = counts[1]! > 0 && counts[2]! > 0 && counts[3]! > 0 && changes >= MIN_KIND_CHANGES;
    if (!begins || !ends || !isMixed) continue;
    found.push({ from: first, to: at + 1 });
    first = at + 1;
    counts.fill(0);
    changes = 0;
  }
  return found;
}

/** Lower case, upper case, digit or sign. */
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 97) return 1;
  if (code >= 65) return 2;
  return code >= 48 ? 3 : 4;
}
