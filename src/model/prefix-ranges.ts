import { lastOf, type AddressWords, type Prefix } from "./address.js";

/** A prefix and the number that it stands for, 1 or more. */
export interface NumberedPrefix extends Prefix {
  readonly value: number;
}

/**
 * Nested prefixes of one family resolved into ranges that do not overlap: each runs from its start to the next one's, and a
 * search among the starts is all that a lookup takes. Typed arrays: a million prefixes are tens of megabytes, not hundreds.
 */
export class PrefixRanges {
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #values: Uint32Array;

  /** `width` is the words of an address. Where the same prefix comes twice, the later one counts. */
  constructor(width: number, prefixes: readonly NumberedPrefix[]) {
    const ranges = new RangeList(width, prefixes.length * 2);
    const open: { last: AddressWords; value: number }[] = [];
    const closeBefore = (words: AddressWords | null) => {
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        if (words !== null && compare(top.last, words) >= 0) return;
        open.pop();
        const after = successor(top.last);
        if (after !== null) ranges.add(after, open.at(-1)?.value ?? 0);
      }
    };
    // The sort keeps the order of equal prefixes.
    for (const prefix of prefixes.toSorted((one, other) => compare(one.words, other.words) || one.bits - other.bits)) {
      closeBefore(prefix.words);
      ranges.add(prefix.words, prefix.value);
      open.push({ last: lastOf(prefix), value: prefix.value });
    }
    closeBefore(null);
    this.#width = width;
    this.#starts = ranges.starts.slice(0, ranges.count * width);
    this.#values = ranges.values.slice(0, ranges.count);
  }

  /** The number of the longest prefix that holds the address, or 0. */
  find(words: AddressWords): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#startsAfter(middle, words)) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 0 : this.#values[low - 1]!;
  }

  #startsAfter(index: number, words: AddressWords): boolean {
    for (let word = 0; word < this.#width; word++) {
      const start = this.#starts[index * this.#width + word]!;
      if (start !== words[word]) return start > words[word]!;
    }
    return false;
  }
}

/** Starts and values in ascending order; a range that a later one of the same start replaces takes no room. */
class RangeList {
  readonly #width: number;
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
  count = 0;

  constructor(width: number, room: number) {
    this.#width = width;
    this.starts = new Uint32Array(room * width);
    this.values = new Uint32Array(room);
  }

  add(start: AddressWords, value: number): void {
    if (this.count > 0 && start.every((word, index) => this.starts[(this.count - 1) * this.#width + index] === word)) {
      this.count--;
    }
    if (value === (this.count === 0 ? 0 : this.values[this.count - 1])) return;
    this.starts.set(start, this.count * this.#width);
    this.values[this.count] = value;
    this.count++;
  }
}

function compare(one: AddressWords, other: AddressWords): number {
  for (let word = 0; word < one.length; word++) {
    if (one[word] !== other[word]) return one[word]! - other[word]!;
  }
  return 0;
}

/** The next address, or null after the last one. */
function successor(words: AddressWords): AddressWords | null {
  const next = [...words];
  for (let word = next.length - 1; word >= 0; word--) {
    next[word] = (next[word]! + 1) >>> 0;
    if (next[word] !== 0) return next;
  }
  return null;
}
