import { parsePrefix, type AddressWords, type Prefix } from "../../model/network/address.js";
import { networkAround } from "../../model/network/address-cover.js";
import { printPrefix } from "../../model/network/print-prefix.js";

/** How wide the networks of each family are. */
export interface Bits {
  readonly v4: number;
  readonly v6: number;
}

/** The networks that the index by_network is made of. */
const INDEXED: Bits = { v4: 24, v6: 64 };

/** Single addresses among blocks, and the networks of all of them at one width for each family, as ClickHouse takes them. */
export function placesOf(blocks: readonly string[]) {
  const prefixes = blocks.map(parsePrefix).filter((prefix) => prefix !== null);
  const width = (words: number, most: number) =>
    Math.min(most, ...prefixes.filter((one) => one.words.length === words).map((one) => networkAround(one).bits));
  const bits: Bits = { v4: width(1, INDEXED.v4), v6: width(4, INDEXED.v6) };
  const single = prefixes.filter(({ words, bits: own }) => own === words.length * 32);
  const around = ({ words }: Prefix) => textOf(networkAround({ words, bits: bitsOf(words, bits) }));
  return { bits, addresses: [...new Set(single.map(textOf))], networks: [...new Set(prefixes.map(around))] };
}

/** The networks around some blocks (CIDR) by which an index finds their addresses; none where a block is wider than those. */
export function indexedNetworks(blocks: readonly string[]): readonly string[] {
  const { bits, networks } = placesOf(blocks);
  return bits.v4 === INDEXED.v4 && bits.v6 === INDEXED.v6 ? networks : [];
}

const bitsOf = (words: AddressWords, bits: Bits) => (words.length === 1 ? bits.v4 : bits.v6);

/** The first address of a block, as ClickHouse prints it. */
function textOf({ words, bits }: Prefix): string {
  const address = printPrefix({ words, bits }).split("/")[0]!;
  return words.length === 1 ? `::ffff:${address}` : address;
}
