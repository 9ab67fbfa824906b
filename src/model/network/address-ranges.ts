import { compareAddresses, nextAddress, type AddressWords } from "./address.js";

// Doubled when it is full.
const FIRST_ROOM = 1024;

/**
 * Ranges of one family that do not overlap, each with a number: one runs from its start to the next one's, 0 stands for nothing, and a
 * search among the starts is all that a lookup takes. Typed arrays: a million ranges are tens of megabytes, not hundreds.
 */
export class AddressRanges {
  /** How many starts there are, those of gaps included. */
  readonly count: number;
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #values: Uint32Array;

  constructor(width: number, starts: Uint32Array, values: Uint32Array) {
    this.#width = width;
    this.#starts = starts;
    this.#values = values;
    this.count = values.length;
  }

  /** The number of the range that holds the address, or 0. */
  find(words: AddressWords): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#startsAfter(middle, words)) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 0 : this.#values[low - 1]!;
  }

  /** Where the range at a place (from 0 to `count` - 1, in ascending order) starts. */
  startAt(index: number): AddressWords {
    const words: number[] = [];
    for (let word = 0; word < this.#width; word++) words.push(this.#starts[index * this.#width + word]!);
    return words;
  }

  /** The number of the range at a place; 0 for a gap. */
  valueAt(index: number): number {
    return this.#values[index]!;
  }

  #startsAfter(index: number, words: AddressWords): boolean {
    for (let word = 0; word < this.#width; word++) {
      const start = this.#starts[index * this.#width + word]!;
      if (start !== words[word]) return start > words[word]!;
    }
    return false;
  }
}

/** Collects ranges in ascending order; `width` is the words of an address. */
export class AddressRangesBuilder {
  readonly #width: number;
  #starts: Uint32Array;
  #values: Uint32Array;
  #count = 0;
  #gapAt: AddressWords | null = null;

  constructor(width: number) {
    this.#width = width;
    this.#starts = new Uint32Array(FIRST_ROOM * width);
    this.#values = new Uint32Array(FIRST_ROOM);
  }

  /**
   * Adds a range with both its ends. It cuts off an earlier one that reaches into it.
   * @throws RangeError when it starts before an earlier one, or ends before it starts.
   */
  addRange(first: AddressWords, last: AddressWords, value: number): void {
    if (compareAddresses(first, last) > 0 || this.#lastStartAgainst(first) > 0) {
      throw new RangeError("address ranges must ascend");
    }
    if (this.#gapAt !== null && compareAddresses(this.#gapAt, first) < 0) this.addStart(this.#gapAt, 0);
    this.addStart(first, value);
    this.#gapAt = nextAddress(last);
  }

  /** From `start` on, up to the next start, this number holds. A second one with the same start replaces the first. */
  addStart(start: AddressWords, value: number): void {
    if (this.#lastStartAgainst(start) === 0) this.#count--;
    if (value === (this.#count === 0 ? 0 : this.#values[this.#count - 1])) return;
    if (this.#count === this.#values.length) this.#grow();
    this.#starts.set(start, this.#count * this.#width);
    this.#values[this.#count] = value;
    this.#count++;
  }

  build(): AddressRanges {
    if (this.#gapAt !== null) this.addStart(this.#gapAt, 0);
    const starts = this.#starts.slice(0, this.#count * this.#width);
    return new AddressRanges(this.#width, starts, this.#values.slice(0, this.#count));
  }

  /** Below 0 when the last start comes before an address, or when there is none; 0 when it is that. */
  #lastStartAgainst(words: AddressWords): number {
    if (this.#count === 0) return -1;
    const at = (this.#count - 1) * this.#width;
    for (let word = 0; word < this.#width; word++) {
      const difference = this.#starts[at + word]! - words[word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #grow(): void {
    const starts = new Uint32Array(this.#starts.length * 2);
    const values = new Uint32Array(this.#values.length * 2);
    starts.set(this.#starts);
    values.set(this.#values);
    this.#starts = starts;
    this.#values = values;
  }
}
