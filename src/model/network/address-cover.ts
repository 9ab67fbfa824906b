import { compareAddresses, lastOf, maskPrefix, parseAddress, type Prefix } from "./address.js";
import { NO_ADDRESS, NO_ADDRESS_BLOCK } from "./no-address.js";
import { printPrefix } from "./print-prefix.js";

/** A list of blocks that people still look through, and that a finding can carry every minute. */
export const MOST_BLOCKS = 128;
/** Bits of a block in IPv4 and IPv6, from single addresses on: each step is what the next larger network is usually given out in. */
const STEPS: readonly (readonly [v4: number, v6: number])[] = [
  [32, 128],
  [24, 64],
  [16, 48],
  [8, 32],
];

/**
 * Blocks (CIDR, in order) that hold every one of some addresses: the addresses themselves while these are at most `most`, else their /24s (IPv6
 * /64), else their /16s (/48), else their /8s (/32). Never a part of them: null where even those are more, or where some are no addresses while
 * others are. Empty where none is an address. What came without an address is a block of its own, `::/128`, and never part of a wider one.
 */
export function coverAddresses(addresses: Iterable<string>, most = MOST_BLOCKS): readonly string[] | null {
  const all = new Set(addresses);
  const unplaced = all.delete(NO_ADDRESS) ? [NO_ADDRESS_BLOCK] : [];
  const words = [...all].map(parseAddress);
  const known = words.filter((one) => one !== null);
  if (known.length === 0) return words.length === 0 ? unplaced : unplaced.length === 0 ? [] : null;
  if (known.length < words.length) return null;
  for (const [v4, v6] of STEPS) {
    const blocks = new Map<string, Prefix>();
    for (const one of known) {
      const block = maskPrefix(one, one.length === 1 ? v4 : v6);
      blocks.set(block.words.join(), block);
    }
    if (blocks.size > most) continue;
    return [...blocks.values()]
      .toSorted((a, b) => a.words.length - b.words.length || compareAddresses(a.words, b.words))
      .map(printPrefix)
      .concat(unplaced);
  }
  return null;
}

/** The /24 (IPv6: /64) around a block, or the block itself where that is larger, or no address. */
export function networkAround(block: Prefix): Prefix {
  const { words, bits } = block;
  if (printPrefix(block) === NO_ADDRESS_BLOCK) return block;
  return maskPrefix(words, Math.min(bits, words.length === 1 ? 24 : 64));
}

/** Whether a block lies in another. */
export function isWithin(inner: Prefix, outer: Prefix): boolean {
  if (inner.words.length !== outer.words.length || inner.bits < outer.bits) return false;
  return compareAddresses(outer.words, inner.words) <= 0 && compareAddresses(inner.words, lastOf(outer)) <= 0;
}

/** A block as people write it: a single address without its length. */
export function blockText(block: string): string {
  return block.replace(block.includes(":") ? /\/128$/ : /\/32$/, "");
}
