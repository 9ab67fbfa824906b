const [SLASH, DOT, PERCENT, AT, UNDERSCORE, DASH, TILDE, COLON, COMMA] = [47, 46, 37, 64, 95, 45, 126, 58, 44] as const;
/** Words of an API are shorter. */
const LONGEST_WORD = 48;
const LONGEST_VERSION = 10;
/** Random ids are longer: `oauth2`, `base64`, `route53` are words. */
const [SHORTEST_HEX, SHORTEST_RANDOM] = [6, 8];
const FOLDED = "{id}";

/**
 * A path with `{id}` for each part that names one thing and no kind of things: numbers, UUIDs, hashes, dates, addresses, `ch_1NxA2b`. Words, also
 * with a digit or two, and versions such as `v1` stay. One pass over the path, which is returned itself when nothing is folded.
 */
export function foldRoute(path: string): string {
  let folded = "";
  let kept = 0;
  let from = 0;
  // Most parts are words without a digit: these need no second look.
  let isWord = true;
  for (let at = 0; at <= path.length; at += 1) {
    const code = at === path.length ? SLASH : path.charCodeAt(at);
    if (code !== SLASH) {
      if ((code >= 48 && code <= 57) || code === AT) isWord = false;
      continue;
    }
    if ((!isWord || at - from > LONGEST_WORD) && namesOneThing(path, from, at)) {
      folded += path.slice(kept, from) + FOLDED;
      kept = at;
    }
    from = at + 1;
    isWord = true;
  }
  return kept === 0 ? path : folded + path.slice(kept);
}

/** What a run of letters and digits holds. */
interface Run {
  digits: number;
  letters: number;
  /** Letters that are no hexadecimal digit. */
  beyondHex: number;
  /** Digits since the last letter. */
  lastDigits: number;
}

function namesOneThing(path: string, from: number, to: number): boolean {
  if (to - from > LONGEST_WORD) return true;
  if (isVersion(path, from, to)) return false;
  const run: Run = { digits: 0, letters: 0, beyondHex: 0, lastDigits: 0 };
  let allDigits = 0;
  let allLetters = 0;
  let prefixed = false;
  for (let at = from; at <= to; at += 1) {
    const code = at === to ? DASH : path.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      run.digits += 1;
      run.lastDigits += 1;
      allDigits += 1;
    } else if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      run.letters += 1;
      run.lastDigits = 0;
      allLetters += 1;
      if ((code | 32) > 102) run.beyondHex += 1;
    } else if (
      code === DASH ||
      code === UNDERSCORE ||
      code === DOT ||
      code === TILDE ||
      code === COLON ||
      code === COMMA
    ) {
      if (isRandom(run, at === to, prefixed)) return true;
      if (code === UNDERSCORE && allDigits === 0 && allLetters > 1) prefixed = true;
      run.digits = run.letters = run.beyondHex = run.lastDigits = 0;
    } else if (code === AT || (code === PERCENT && allDigits > 0)) return true;
  }
  return allDigits > 0 && allLetters === 0;
}

function isRandom({ digits, letters, beyondHex, lastDigits }: Run, isLast: boolean, prefixed: boolean): boolean {
  if (digits === 0) return false;
  if (letters === 0) return digits > 2 || (digits === 2 && isLast);
  // `cus_9s6XK`: behind a prefix a few characters are enough.
  if (prefixed && digits + letters > 2) return true;
  if (beyondHex === 0 && digits + letters >= SHORTEST_HEX) return true;
  const isWordWithNumber = digits === lastDigits && digits <= 2;
  return digits + letters >= SHORTEST_RANDOM && !isWordWithNumber;
}

/** `v1`, `v2.1`, `v1beta3`. */
function isVersion(path: string, from: number, to: number): boolean {
  if ((path.charCodeAt(from) | 32) !== 118 || to - from > LONGEST_VERSION || to - from < 2) return false;
  const second = path.charCodeAt(from + 1);
  return second >= 48 && second <= 57;
}
