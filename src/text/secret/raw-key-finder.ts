import { randomInt } from "node:crypto";
import { plainViewOf, type PlainView } from "./plain-view.js";
import { inOriginal } from "./secret-shape.js";
import { mergeSpans, type TextSpan } from "./text-spans.js";
import { publicPrefixOf } from "./public-prefix.js";

/** So many characters of a raw key in a row are too many; of a shorter key, all of them. */
const PIECE = 12;
/** Shorter plain views of keys would be found everywhere. */
const SHORTEST_KEY = 8;
const NONE: readonly TextSpan[] = [];

/** Finds a raw key in texts: all of it, or 12 characters in a row that are not just its public prefix (`sk_live_`). */
export class RawKeyFinder {
  readonly #rawKey: string;
  #pieces: KeyPieces | undefined;
  #plainPieces: KeyPieces | null | undefined;

  constructor(rawKey: string) {
    this.#rawKey = rawKey;
  }

  /** True when a text holds it as it stands, percent-encoded, or with unseen characters in it. */
  isIn(text: string): boolean {
    return this.spansIn(text, plainViewOf(text)).length > 0;
  }

  /** Where it stands in a text, as it is or as its plain view (null: the same) says. Takes as long as text and key are long together. */
  spansIn(text: string, view: PlainView | null): readonly TextSpan[] {
    if (text.length < Math.min(PIECE, this.#rawKey.length)) return NONE;
    this.#pieces ??= new KeyPieces(this.#rawKey);
    const spans = this.#pieces.find(text);
    if (this.#plainPieces === undefined) this.#plainPieces = piecesOfView(this.#rawKey);
    if (view === null) return this.#plainPieces === null ? spans : mergeSpans(spans, this.#plainPieces.find(text));
    return mergeSpans(spans, inOriginal((this.#plainPieces ?? this.#pieces).find(view.text), view));
  }
}

/** True when a text holds a raw key or much of it, in any of its disguises. */
export function holdsRawKey(text: string, rawKey: string): boolean {
  return new RawKeyFinder(rawKey).isIn(text);
}

function piecesOfView(rawKey: string): KeyPieces | null {
  const view = plainViewOf(rawKey);
  return view === null || view.text.length < SHORTEST_KEY ? null : new KeyPieces(view.text);
}

/** Twice as many buckets as the usual key has pieces; of the longest keys some share one. */
const BUCKET_BITS = 7;
/** Drawn anew in every process: nobody can write a text whose pieces all fall into one bucket. */
const FACTOR = randomInt(2 ** 30) * 4 + 1;
const OLDEST = Array.from({ length: PIECE - 1 }).reduce<number>((product) => Math.imul(product, FACTOR), 1);

/** The index of one key at a time, that of `owner`: an event has one, and new tables for each would cost more than all else. */
const index = {
  owner: 0,
  /** One more than the newest place of a bucket; 0: none. */
  newest: new Int32Array(2 ** BUCKET_BITS),
  former: new Int32Array(512),
  hashes: new Int32Array(512),
};
let owners = 0;

/** The places of a key at which 12 characters begin, by rolling hashes of them. */
class KeyPieces {
  readonly #key: string;
  readonly #least: number;
  readonly #number = (owners += 1);

  constructor(key: string) {
    this.#key = key;
    this.#least = Math.min(PIECE, key.length);
  }

  #index(): void {
    const key = this.#key;
    index.owner = this.#number;
    index.newest.fill(0);
    if (index.hashes.length < key.length) {
      index.former = new Int32Array(key.length);
      index.hashes = new Int32Array(key.length);
    }
    const prefixLength = publicPrefixOf(key).length;
    let hash = 0;
    for (let at = 0; at < key.length; at += 1) {
      hash = rolled(hash, key, at - PIECE, at);
      const place = at - PIECE + 1;
      if (place < 0 || place + PIECE <= prefixLength) continue;
      const bucket = hash >>> (32 - BUCKET_BITS);
      const newest = index.newest[bucket]!;
      // Of a key that repeats itself one place is enough.
      if (newest > 0 && index.hashes[newest - 1] === hash) continue;
      index.hashes[place] = hash;
      index.former[place] = newest;
      index.newest[bucket] = place + 1;
    }
  }

  find(text: string): readonly TextSpan[] {
    return this.#least < PIECE ? this.#findWhole(text) : this.#findPieces(text);
  }

  #findWhole(text: string): readonly TextSpan[] {
    const found: TextSpan[] = [];
    const { length } = this.#key;
    for (let at = text.indexOf(this.#key); at >= 0; at = text.indexOf(this.#key, at + length)) {
      found.push({ from: at, to: at + length });
    }
    return found;
  }

  #findPieces(text: string): readonly TextSpan[] {
    if (index.owner !== this.#number) this.#index();
    let found: TextSpan[] | undefined;
    let hash = 0;
    let begins = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = rolled(hash, text, at - begins === PIECE ? begins++ : -1, at);
      if (at - begins < PIECE - 1) continue;
      const place = this.#placeOf(hash, text, begins);
      if (place < 0) continue;
      let to = begins + PIECE;
      while (to < text.length && text[to] === this.#key[place + to - begins]) to += 1;
      found = withSpan(found, begins, to);
      // The next 12 that are not all of this piece.
      begins = to - PIECE + 1;
      at = begins - 1;
      hash = 0;
      while (at < to - 1) hash = rolled(hash, text, -1, ++at);
    }
    return found ?? NONE;
  }

  #placeOf(hash: number, text: string, at: number): number {
    let place = index.newest[hash >>> (32 - BUCKET_BITS)]! - 1;
    while (
      place >= 0 &&
      !(index.hashes[place] === hash && text.startsWith(this.#key.slice(place, place + PIECE), at))
    ) {
      place = index.former[place]! - 1;
    }
    return place;
  }
}

/** The hash after the character at `gone` (-1: none) has left it and the one at `next` has come. */
function rolled(hash: number, text: string, gone: number, next: number): number {
  const rest = gone < 0 ? hash : hash - Math.imul(OLDEST, text.charCodeAt(gone) + 1);
  return (Math.imul(rest, FACTOR) + text.charCodeAt(next) + 1) | 0;
}

function withSpan(found: TextSpan[] | undefined, from: number, to: number): TextSpan[] {
  const last = found?.at(-1);
  if (found === undefined || last === undefined) return [{ from, to }];
  if (from > last.to) found.push({ from, to });
  else found[found.length - 1] = { from: last.from, to };
  return found;
}
