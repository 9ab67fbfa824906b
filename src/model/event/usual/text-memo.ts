/** Entries at most; all are forgotten at once when there are more, or more bytes of them. */
const ENTRIES = 8192;
const BYTES = 2 ** 18;
const PLACES = 4 * ENTRIES;
/** A sender may choose texts that collide: what is not found within so many places is made anew. */
const LONGEST_PROBE = 8;

/**
 * What short texts stand for, found by their bytes: the fields of events repeat, and a text that is known costs neither a string nor a look for
 * secrets. Holds only what `make` made of a text, and the bytes of texts of which it made something.
 */
export class TextMemo<T> {
  readonly #make: (text: string) => T | null;
  /** An entry's number, from 1, by where its hash points. */
  readonly #places = new Uint16Array(PLACES);
  readonly #hashes = new Int32Array(ENTRIES);
  readonly #begins = new Uint32Array(ENTRIES + 1);
  readonly #bytes = new Uint8Array(BYTES);
  #values: T[] = [];

  /** `make` must depend on nothing but the text; null is never kept. */
  constructor(make: (text: string) => T | null) {
    this.#make = make;
  }

  /** What a text of ASCII stands for, which lies in a body from `from` to before `to`; `hash` depends on its bytes alone. */
  get(body: Buffer, from: number, to: number, hash: number): T | null {
    let place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    for (let probe = 0; probe < LONGEST_PROBE; probe += 1) {
      const entry = this.#places[place]!;
      if (entry === 0) return this.#add(place, body.toString("latin1", from, to), hash, body.subarray(from, to));
      if (this.#hashes[entry - 1] === hash && this.#isSame(entry - 1, body, from, to)) return this.#values[entry - 1]!;
      place = (place + 1) & (PLACES - 1);
    }
    return this.#make(body.toString("latin1", from, to));
  }

  #isSame(entry: number, body: Buffer, from: number, to: number): boolean {
    const begin = this.#begins[entry]!;
    if (this.#begins[entry + 1]! - begin !== to - from) return false;
    for (let at = from, kept = begin; at < to; at += 1, kept += 1) if (this.#bytes[kept] !== body[at]) return false;
    return true;
  }

  #add(place: number, text: string, hash: number, bytes: Uint8Array): T | null {
    const value = this.#make(text);
    if (value === null) return null;
    const entry = this.#values.length;
    const begin = this.#begins[entry]!;
    if (entry === ENTRIES || begin + bytes.length > BYTES) {
      this.#places.fill(0);
      this.#values = [];
      return value;
    }
    this.#bytes.set(bytes, begin);
    this.#begins[entry + 1] = begin + bytes.length;
    this.#hashes[entry] = hash;
    this.#values.push(value);
    this.#places[place] = entry + 1;
    return value;
  }
}
