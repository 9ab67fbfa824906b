import { isAfterEscape } from "./escapes.js";
import { KNOWN_SECRETS, WORD, type GluedBody, type SecretShape } from "./known-secrets.js";
import type { TextSpan } from "./text-spans.js";

/** A shape with the places where the ends of its parts' runs are remembered. */
interface PlacedShape {
  readonly shape: SecretShape;
  readonly slot: number;
}

/** Shapes by their first two characters: at most of the words of a text nothing is compared. */
const byStart = new Map<number, PlacedShape[]>();
const canStart = new Uint8Array(128 * 128);
let slots = 0;
for (const shape of KNOWN_SECRETS) {
  const { lead } = shape.parts[0]!;
  const start = startOf(lead.charCodeAt(0), lead.charCodeAt(1));
  canStart[start] = 1;
  byStart.set(start, [...(byStart.get(start) ?? []), { shape, slot: slots }]);
  slots += shape.parts.length;
}

/** So many characters of a body tell whether it is random. */
const LONGEST_LOOK = 128;
/** Letters of both cases without a digit are random where their kind changes so often; names of several words change it less. */
const MIN_CASE_CHANGES = 9;
/** Random letters and digits change their kind at three of five, a name of words (`BlockInboundTraffic2026`) at one of four. */
const SCATTERED = 3;

/**
 * Looks for secrets that are known by how they begin, at the letters and digits of one text from left to right. Every part of every shape remembers
 * how far its last run went. It is never asked about an earlier place, so that no character is read twice for it.
 */
export class KnownSecretFinder {
  readonly #text: string;
  #runEnds: Int32Array | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the secret ends that begins at this place; -1 when none does. `isGlued`: a letter or a digit stands right before it. */
  endAt(from: number, isGlued: boolean): number {
    const [first, second] = [this.#text.charCodeAt(from), this.#text.charCodeAt(from + 1)];
    if (!(first < 128 && second < 128)) return -1;
    const start = startOf(first, second);
    if (canStart[start] === 0) return -1;
    for (const { shape, slot } of byStart.get(start)!) {
      const to = this.#endOf(shape, slot, from);
      if (to < 0) continue;
      const mayBegin = shape.isWhole !== true && (!isGlued || isAfterEscape(this.#text, from));
      if (mayBegin || this.#isWhole(shape, slot, from)) return to;
    }
    return -1;
  }

  /** True when a first part is a whole key by itself, so that it is one whatever stands before it. */
  #isWhole({ parts, glued }: SecretShape, slot: number, from: number): boolean {
    const { lead, alphabet, most } = parts[0]!;
    const body = from + lead.length;
    const length = this.#runEnd(alphabet, slot, body) - body;
    if (glued === null || length < glued.least || length > most) return false;
    return isRandom(this.#text, { from: body, to: body + Math.min(length, LONGEST_LOOK) }, glued);
  }

  #endOf({ parts }: SecretShape, slot: number, from: number): number {
    let at = from;
    for (const [index, { lead, alphabet, least, most }] of parts.entries()) {
      if (!this.#text.startsWith(lead, at)) return -1;
      at += lead.length;
      const length = Math.min(this.#runEnd(alphabet, slot + index, at) - at, most);
      if (length < least) return -1;
      at += length;
    }
    return at;
  }

  #runEnd(alphabet: Uint8Array, slot: number, from: number): number {
    const ends = (this.#runEnds ??= new Int32Array(slots));
    if (from < ends[slot]!) return ends[slot]!;
    let to = from;
    while (isOf(alphabet, this.#text.charCodeAt(to))) to += 1;
    ends[slot] = to;
    return to;
  }
}

/** True when a character (its code; NaN past the end) is of the alphabet. */
export function isOf(alphabet: Uint8Array, code: number): boolean {
  return code < 128 && alphabet[code] === 1;
}

/** True when a word may go on with it: a letter or a digit. */
export function isWordCode(code: number): boolean {
  return code < 128 && WORD[code] === 1;
}

/** True when letters and digits stand in a row that are as random as those of a key. */
function isRandom(text: string, { from, to }: TextSpan, body: GluedBody): boolean {
  for (let at = from; at < to; at += 1) {
    const start = at;
    while (at < to && isWordCode(text.charCodeAt(at))) at += 1;
    if (at - start >= body.run && isRandomRun(text.slice(start, at), body)) return true;
  }
  return false;
}

function isRandomRun(run: string, { isMixed, isScattered = false }: GluedBody): boolean {
  const hasDigit = /[0-9]/.test(run);
  const isOfBothCases = /[a-z]/.test(run) && /[A-Z]/.test(run);
  if (isScattered && changesOf(run) * SCATTERED < run.length) return false;
  if (hasDigit) return isMixed ? isOfBothCases : /[A-Za-z]/.test(run);
  return isOfBothCases && changesOf(run) >= MIN_CASE_CHANGES;
}

/** How often the kind of character changes: lower case, upper case, digit. */
function changesOf(run: string): number {
  return run.replaceAll(/[a-z]+|[A-Z]+|[0-9]+/g, "-").length - 1;
}

function startOf(first: number, second: number): number {
  return first * 128 + second;
}
