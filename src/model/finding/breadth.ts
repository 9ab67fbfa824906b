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

/** Judges how wide some blocks are, each by itself and all together; what is no block is left out. */
export function breadthOf(networks: readonly string[]): Breadth {
  const known = new Map(
    networks.flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix === null ? [] : [[printPrefix(prefix), prefix] as const];
    }),
  );
  const all = [...known];
  const shareOf = (family: "v4" | "v6") =>
    all.filter(([, one]) => familyOf(one) === family).reduce((sum, [, { bits }]) => sum + 2 ** -bits, 0);
  const isOver = (family: "v4" | "v6", bits: Readonly<Record<"v4" | "v6", number>>) =>
    shareOf(family) > 2 ** -bits[family];
  const families = ["v4", "v6"] as const;
  const everywhere = families.some((family) => isOver(family, EVERYWHERE_BITS));
  const single = all.filter(([, one]) => one.bits < WIDE_BITS[familyOf(one)]).map(([block]) => block);
  const together = single.length === 0 && families.some((family) => isOver(family, WIDE_BITS));
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
