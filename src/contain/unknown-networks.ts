import type { KeyTraffic } from "../model/finding/key-traffic.js";
import { parsePrefix } from "../model/network/address.js";
import { blockText, isWithin } from "../model/network/address-cover.js";
import { NO_ADDRESS_BLOCK } from "../model/network/no-address.js";
import { printPrefix } from "../model/network/print-prefix.js";
import { isUnknownTo, type Blamed } from "./split-sources.js";

/** So many addresses are denied one by one; guards keep lists of some hundred well. */
const MOST_ADDRESSES = 200;

/** What a guard is to deny, or why that cannot be said. */
export type UnknownNetworks = { readonly networks: readonly string[] } | { readonly problem: string };

/**
 * Only the sources that an incident is about, so that the owner goes on working: their addresses since the onset or, where these are many, the blocks
 * that hold them; and no block in which the key was served before the onset.
 * @param known addresses within the blamed networks at which the key was served before the onset
 */
export function unknownNetworks(blamed: Blamed, traffic: KeyTraffic, known: readonly string[]): UnknownNetworks {
  if (blamed.networks === null)
    return {
      problem: "the newest finding blames more sources than it can list: name the networks to deny, with --network",
    };
  const isUnknown = isUnknownTo(blamed);
  const addresses = traffic.sources.filter(isUnknown).flatMap(({ address }) => parsePrefix(address) ?? []);
  const isWhole = traffic.addresses <= traffic.sources.length;
  if (isWhole && addresses.length > 0 && addresses.length <= MOST_ADDRESSES)
    return { networks: addresses.map((address) => blockText(printPrefix(address))).toSorted() };
  const taken = known.flatMap((address) => parsePrefix(address) ?? []);
  const blocks = blamed.networks.filter((block) => block !== NO_ADDRESS_BLOCK).map((block) => parsePrefix(block)!);
  const free = blamed.cause === "leak" ? blocks.filter((block) => !taken.some((own) => isWithin(own, block))) : blocks;
  const inOthers = addresses.filter((address) => !free.some((block) => isWithin(address, block)));
  const all = [...free, ...inOthers.slice(0, MOST_ADDRESSES)].map((block) => blockText(printPrefix(block)));
  if (all.length > 0) return { networks: [...new Set(all)].toSorted() };
  return {
    problem:
      "the incident names no unknown source with an address that could be denied: name networks with --network, or throttle or freeze the key",
  };
}
