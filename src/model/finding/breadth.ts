import { parsePrefix, type Prefix } from "../network/address.js";
import { MOST_BLOCKS } from "../network/address-cover.js";
import { printPrefix } from "../network/print-prefix.js";

/** As many blocks as a suppression may have: more is a list that nobody reads. */
export const MOST_NETWORKS = MOST_BLOCKS;

/** Blocks wider than these are said and confirmed: 65,536 addresses, or what one holder of IPv6 is given. */
const WIDE_BITS = { v4: 16, v6: 32 } as const;
/** What many households share begins here. */
const STREET_BITS = { v4: 24, v6: 48 } as const;
/** More of all addresses than a 128th, two /8 or an IPv6 /15, is everywhere: nothing would be left to watch. */
const EVERYWHERE_BITS = { v4: 7, v6: 15 } as const;

/** How much of the world some networks are. */
export interface Breadth {
  /** In canonical text, each once. */
  readonly blocks: readonly string[];
  /** Why they are never taken; null when they may be. */
  readonly refusal: string | null;
  /** Why they need a second look, a sentence each. */
  readonly wide: readonly string[];
  /** Of those that are more than one address: which a network of an ISP is compared with, and which of them are as wide as a street. */
  readonly shared: { readonly blocks: readonly string[]; readonly wide: readonly string[] };
}

const familyOf = ({ words }: Prefix) => (words.length === 1 ? "v4" : "v6");

/** Whether some blocks, each once, are together more than a block of so many bits. */
function isOver(blocks: readonly Prefix[], bits: Readonly<Record<"v4" | "v6", number>>): boolean {
  return (["v4", "v6"] as const).some((family) => {
    const own = blocks.filter((one) => familyOf(one) === family);
    return own.reduce((sum, one) => sum + 2 ** -one.bits, 0) > 2 ** -bits[family];
  });
}

/** Judges how wide some blocks are, each by itself and all together; what is no block is left out. */
export function breadthOf(networks: readonly string[]): Breadth {
  const known = new Map(
    networks.flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix === null ? [] : [[printPrefix(prefix), prefix] as const];
    }),
  );
  const all = [...known];
  const prefixes = [...known.values()];
  const everywhere = isOver(prefixes, EVERYWHERE_BITS);
  const single = all.filter(([, one]) => one.bits < WIDE_BITS[familyOf(one)]).map(([block]) => block);
  const together = single.length === 0 && isOver(prefixes, WIDE_BITS);
  const shared = all.filter(([, { words, bits }]) => bits < words.length * 32);
  return {
    blocks: all.map(([block]) => block),
    refusal: everywhere
      ? "these networks cover a large part of the internet, so nothing would be left to watch. Name the networks it came from"
      : all.length > MOST_NETWORKS
        ? `these are ${all.length} networks: at most ${MOST_NETWORKS}`
        : null,
    wide: [
      ...single.map((block) => `${block} is wider than ${block.includes(":") ? "a /32 of IPv6" : "a /16"}`),
      ...(together ? ["together these networks are wider than a /16, or than a /32 of IPv6"] : []),
    ],
    shared: {
      blocks: shared.map(([block]) => block),
      wide: shared.filter(([, one]) => one.bits < STREET_BITS[familyOf(one)]).map(([block]) => block),
    },
  };
}

/** Whether some blocks hold so much of all addresses that they name nobody; what is no block is left out. */
export function isEverywhere(networks: readonly string[]): boolean {
  const prefixes = networks.flatMap((text) => parsePrefix(text) ?? []);
  return isOver([...new Map(prefixes.map((one) => [printPrefix(one), one])).values()], EVERYWHERE_BITS);
}
