import { compareAddresses, lastOf, maskPrefix, parseAddress, type AddressWords, type Prefix } from "./address.js";
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

/** Covers of lists that have most of their addresses in common, as those of one key minute after minute: each address and block is read once. */
export class AddressCovers {
  readonly #read = new Map<string, ReadAddress | null>();
  /** By step and by their first address. */
  readonly #blocks = STEPS.map(() => new Map<string, CoverBlock>());

  /**
   * Blocks (CIDR, in order) that hold every one of some addresses: the addresses themselves while these are at most `most`, else their /24s (IPv6
   * /64), else their /16s (/48), else their /8s (/32). Never a part of them: null where even those are more, or where some are no addresses while
   * others are. Empty where none is an address. What came without an address is a block of its own, `::/128`, and never part of a wider one.
   */
  cover(addresses: Iterable<string>, most = MOST_BLOCKS): readonly string[] | null {
    const known: ReadAddress[] = [];
    let [isUnplaced, isUnknown] = [false, false];
    for (const text of addresses) {
      const read = text === NO_ADDRESS ? null : this.#readOnce(text);
      if (read !== null) known.push(read);
      else if (text === NO_ADDRESS) isUnplaced = true;
      else isUnknown = true;
    }
    const unplaced = isUnplaced ? [NO_ADDRESS_BLOCK] : [];
    if (isUnknown) return known.length > 0 || isUnplaced ? null : [];
    if (known.length === 0) return unplaced;
    const blocks = this.#coverKnown(known, most);
    return blocks === null ? null : blocks.map(textOf).concat(unplaced);
  }

  #coverKnown(known: readonly ReadAddress[], most: number): CoverBlock[] | null {
    for (let step = 0; step < STEPS.length; step += 1) {
      const blocks = new Set<CoverBlock>();
      for (let i = 0; i < known.length && blocks.size <= most; i += 1) blocks.add(this.#blockOf(known[i]!, step));
      if (blocks.size <= most) return [...blocks].sort(inOrder);
    }
    return null;
  }

  #readOnce(text: string): ReadAddress | null {
    let read = this.#read.get(text);
    if (read === undefined) {
      const words = parseAddress(text);
      this.#read.set(text, (read = words === null ? null : { words, blocks: [] }));
    }
    return read;
  }

  #blockOf({ words, blocks }: ReadAddress, step: number): CoverBlock {
    const known = blocks[step];
    if (known !== undefined) return known;
    const [v4, v6] = STEPS[step]!;
    const prefix = maskPrefix(words, words.length === 1 ? v4 : v6);
    const name = prefix.words.join();
    const block = this.#blocks[step]!.get(name) ?? { prefix, text: null };
    this.#blocks[step]!.set(name, block);
    blocks[step] = block;
    return block;
  }
}

/** An address with the blocks that it lies in, by step, as far as they were needed. */
interface ReadAddress {
  readonly words: AddressWords;
  readonly blocks: CoverBlock[];
}

/** One object for each block, printed when it is first told. */
interface CoverBlock {
  readonly prefix: Prefix;
  text: string | null;
}

function textOf(block: CoverBlock): string {
  return (block.text ??= printPrefix(block.prefix));
}

function inOrder({ prefix: a }: CoverBlock, { prefix: b }: CoverBlock): number {
  return a.words.length - b.words.length || compareAddresses(a.words, b.words);
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
