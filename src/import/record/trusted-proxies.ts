import { isWithin } from "../../model/network/address-cover.js";
import { parseAddress, parsePrefix, type Prefix } from "../../model/network/address.js";

/** The networks of one's own proxies: only what these wrote into `X-Forwarded-For` is believed. */
export class TrustedProxies {
  readonly #blocks: readonly Prefix[];

  constructor(blocks: readonly Prefix[]) {
    this.#blocks = blocks;
  }

  /** Whether an address is one of them. */
  has(address: string): boolean {
    const words = parseAddress(address);
    if (words === null) return false;
    const one = { words, bits: words.length * 32 };
    return this.#blocks.some((block) => isWithin(one, block));
  }
}

/** Addresses and networks (CIDR) parted by commas; the first that is none as `{ bad }`. */
export function parseTrustedProxies(text: string): TrustedProxies | { readonly bad: string } {
  const blocks: Prefix[] = [];
  for (const part of text.split(",")) {
    const block = parsePrefix(part.trim());
    if (block === null) return { bad: part.trim() };
    blocks.push(block);
  }
  return new TrustedProxies(blocks);
}
