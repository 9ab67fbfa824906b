import type { KeyTraffic } from "../model/finding/key-traffic.js";
import { parsePrefix } from "../model/network/address.js";
import { AddressCovers, blockText, isWithin } from "../model/network/address-cover.js";
import { NO_ADDRESS_BLOCK } from "../model/network/no-address.js";
import { printPrefix } from "../model/network/print-prefix.js";
import { deniable, isUnknownTo, type Blamed } from "./split-sources.js";

/** So many addresses are denied one by one; guards keep lists of some hundred well. */
const MOST_ADDRESSES = 200;

/** What a guard is to deny, or why that cannot be said. */
export type UnknownNetworks = { readonly networks: readonly string[] } | { readonly problem: string };

/** Blocks (CIDR) that hold every source that an incident is about, or whom its finding blames where none is unknown; null where these are more than can be listed. */
export function blocksOfUnknown({ networks, unknown }: Blamed): readonly string[] | null {
  const denied = unknown === null ? [] : deniable(unknown);
  return denied.length === 0 ? networks : new AddressCovers().cover(denied);
}

/**
 * Only the sources that an incident is about, so that the owner goes on working: their addresses or, where these are many, the blocks that hold them; and
 * of a leak no block in which the key was served before the onset.
 * @param traffic since the onset, where the incident is of something else than a leak
 * @param known addresses within the blocks at which the key was served before the onset
 */
export function unknownNetworks(blamed: Blamed, traffic: KeyTraffic | null, known: readonly string[]): UnknownNetworks {
  const all = blocksOfUnknown(blamed);
  if (all === null)
    return { problem: "there are more unknown sources than can be listed: name the networks to deny, with --network" };
  const isUnknown = isUnknownTo(blamed);
  const found =
    traffic?.sources.filter(isUnknown).map(({ address }) => address) ?? deniable(blamed.unknown ?? new Map());
  const addresses = found.flatMap((address) => parsePrefix(address) ?? []);
  const isWhole = traffic === null || traffic.addresses <= traffic.sources.length;
  if (isWhole && addresses.length > 0 && addresses.length <= MOST_ADDRESSES)
    return { networks: addresses.map((address) => blockText(printPrefix(address))).toSorted() };
  const taken = known.flatMap((address) => parsePrefix(address) ?? []);
  const blocks = all.filter((block) => block !== NO_ADDRESS_BLOCK).map((block) => parsePrefix(block)!);
  const free = blamed.cause === "leak" ? blocks.filter((block) => !taken.some((own) => isWithin(own, block))) : blocks;
  const inOthers = addresses.filter((address) => !free.some((block) => isWithin(address, block)));
  const denied = [...free, ...inOthers.slice(0, MOST_ADDRESSES)].map((block) => blockText(printPrefix(block)));
  if (denied.length > 0) return { networks: [...new Set(denied)].toSorted() };
  return {
    problem:
      "the incident names no unknown source with an address that could be denied: name networks with --network, or throttle or freeze the key",
  };
}
