import { AddressRangesBuilder, type AddressRanges } from "./address-ranges.js";
import { compareAddresses, lastOf, nextAddress, type AddressWords, type Prefix } from "./address.js";

/** A prefix and the number that it stands for, 1 or more. */
export interface NumberedPrefix extends Prefix {
  readonly value: number;
}

/**
 * Nested prefixes of one family resolved into ranges that do not overlap; the longest prefix that holds an address counts, and where
 * the same one comes twice the later. `width` is the words of an address.
 */
export function resolvePrefixes(width: number, prefixes: readonly NumberedPrefix[]): AddressRanges {
  const ranges = new AddressRangesBuilder(width);
  const open: { last: AddressWords; value: number }[] = [];
  const closeBefore = (words: AddressWords | null) => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (words !== null && compareAddresses(top.last, words) >= 0) return;
      open.pop();
      const after = nextAddress(top.last);
      if (after !== null) ranges.addStart(after, open.at(-1)?.value ?? 0);
    }
  };
  // The sort keeps the order of equal prefixes.
  for (const prefix of prefixes.toSorted(
    (one, other) => compareAddresses(one.words, other.words) || one.bits - other.bits,
  )) {
    closeBefore(prefix.words);
    ranges.addStart(prefix.words, prefix.value);
    open.push({ last: lastOf(prefix), value: prefix.value });
  }
  closeBefore(null);
  return ranges.build();
}
