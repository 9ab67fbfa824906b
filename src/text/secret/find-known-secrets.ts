import { KNOWN_SECRETS, WORD, type SecretShape } from "./known-secrets.js";

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
  const { lead } = shape[0]!;
  const start = startOf(lead.charCodeAt(0), lead.charCodeAt(1));
  canStart[start] = 1;
  byStart.set(start, [...(byStart.get(start) ?? []), { shape, slot: slots }]);
  slots += shape.length;
}

/**
 * Looks for secrets that are known by how they begin, at the words of one text from left to right. Every part of every shape remembers
 * how far its last run went. It is never asked about an earlier place, so that no character is read twice for it.
 */
export class KnownSecretFinder {
  readonly #text: string;
  #runEnds: Int32Array | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the secret ends that begins with the word at this place; -1 when none does. */
  endAt(from: number): number {
    const [first, second] = [this.#text.charCodeAt(from), this.#text.charCodeAt(from + 1)];
    if (!(first < 128 && second < 128)) return -1;
    const start = startOf(first, second);
    if (canStart[start] === 0) return -1;
    for (const { shape, slot } of byStart.get(start)!) {
      const to = this.#endOf(shape, slot, from);
      if (to >= 0) return to;
    }
    return -1;
  }

  #endOf(shape: SecretShape, slot: number, from: number): number {
    let at = from;
    for (const [index, { lead, alphabet, least, most }] of shape.entries()) {
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

function startOf(first: number, second: number): number {
  return first * 128 + second;
}
