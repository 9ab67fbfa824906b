import { compareAddresses, lastOf, nextAddress, type AddressWords, type Prefix } from "./address.js";

/** The fewest blocks that hold exactly the addresses from first to last, both included, in ascending order. */
export function rangeToPrefixes(first: AddressWords, last: AddressWords): Prefix[] {
  const prefixes: Prefix[] = [];
  for (let from: AddressWords | null = first; from !== null && compareAddresses(from, last) <= 0;) {
    const prefix = widestFrom(from, last);
    prefixes.push(prefix);
    from = nextAddress(lastOf(prefix));
  }
  return prefixes;
}

/** The widest block that starts at an address and ends at `last` at the latest. */
function widestFrom(words: AddressWords, last: AddressWords): Prefix {
  for (let bits = words.length * 32 - trailingZeros(words); ; bits++) {
    const prefix = { words, bits };
    if (compareAddresses(lastOf(prefix), last) <= 0) return prefix;
  }
}

function trailingZeros(words: AddressWords): number {
  let zeros = 0;
  for (let word = words.length - 1; word >= 0; word--) {
    const value = words[word]!;
    // The lowest one of a word is all that its negative has in common with it.
    if (value !== 0) return zeros + 31 - Math.clz32(value & -value);
    zeros += 32;
  }
  return zeros;
}
