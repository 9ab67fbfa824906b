import { parsePrefix } from "../../model/network/address.js";
import { MOST_BLOCKS, networkAround } from "../../model/network/address-cover.js";
import { NO_ADDRESS_BLOCK } from "../../model/network/no-address.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import type { PageStore } from "../../store/page/page-store.js";
import type { Others } from "../../page/evidence.js";

/** A network that so many keys used before is an egress, a proxy or a carrier: that one more uses it says little. */
const SHARED_FROM = 20;
/** Keys that are listed; how many there are is counted in full. */
const LISTED = 20;

/** Whose sources are looked for: those of a key, in blocks or single addresses, the busiest first; a span and the onset in epoch ms. */
export interface Whose {
  readonly keyIds: readonly string[];
  readonly sources: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly onset: number;
}

/** Looks for the sources of a key on all others, in one query: at most in their 128 busiest networks. Never throws: what it is part of must not wait for it. */
export async function lookUpOthers(
  store: { readonly page: Pick<PageStore, "readOtherKeys"> },
  whose: Whose,
): Promise<Others> {
  const networks = new Set<string>();
  const left = new Set<string>();
  const blocks: string[] = [];
  for (const source of whose.sources) {
    const block = parsePrefix(source);
    if (block === null || printPrefix(block) === NO_ADDRESS_BLOCK) continue;
    if (block.bits < (block.words.length === 1 ? 24 : 64)) return "not looked up: the sources are in too many networks";
    const around = printPrefix(networkAround(block));
    if (networks.size < MOST_BLOCKS) networks.add(around);
    if (networks.has(around)) blocks.push(source);
    else left.add(around);
  }
  if (blocks.length === 0) return null;
  const { keyIds, from, to, onset } = whose;
  const question = { keyIds, from, to, onset, blocks, sharedFrom: SHARED_FROM, most: LISTED };
  return store.page.readOtherKeys(question).then(
    (found) => ({ ...found, networksLeft: left.size }),
    () => "could not be read in time",
  );
}
