import { parsePrefix } from "../../model/network/address.js";
import { networkAround } from "../../model/network/address-cover.js";
import { NO_ADDRESS } from "../../model/network/no-address.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import type { PlacedSource } from "../sources/place-sources.js";

/** A placed address with the name of its network. */
export interface NamedSource extends PlacedSource {
  readonly name: string;
}

/** Addresses of a key in one network: an autonomous system, or where that is not known a /24 (IPv6 /64). */
export interface SourceNetwork {
  readonly asn: number;
  readonly name: string;
  readonly networkType: string;
  readonly isUnknownSource: boolean;
  readonly requests: number;
  /** The busiest first. */
  readonly sources: readonly NamedSource[];
}

/** A network of which some addresses are shown by themselves, and the rest is only summed up. */
export interface ShownNetwork {
  readonly network: SourceNetwork;
  readonly shown: readonly NamedSource[];
  readonly rest: readonly NamedSource[];
}

/** Groups addresses by network: those of unknown sources first, then those with the most requests. Nobody's name is known yet. */
export function groupSources(sources: readonly PlacedSource[]): SourceNetwork[] {
  const groups = new Map<string, NamedSource[]>();
  for (const source of sources) {
    const key = `${source.isUnknownSource} ${networkKey(source)}`;
    const own = groups.get(key);
    const named = { ...source, name: source.address === NO_ADDRESS ? NO_ADDRESS : "" };
    if (own === undefined) groups.set(key, [named]);
    else own.push(named);
  }
  return [...groups.values()]
    .map((own): SourceNetwork => {
      const { asn, name, networkType, isUnknownSource } = own[0]!;
      const requests = own.reduce((sum, one) => sum + one.requests, 0);
      return { asn, name, networkType, isUnknownSource, requests, sources: own.toSorted(busiestFirst) };
    })
    .toSorted(
      (a, b) =>
        Number(b.isUnknownSource) - Number(a.isUnknownSource) ||
        b.requests - a.requests ||
        busiestFirst(a.sources[0]!, b.sources[0]!),
    );
}

/** A network and its addresses with its name; what came without an address is in none. */
export function nameNetwork(network: SourceNetwork, name: string): SourceNetwork {
  if (network.name === NO_ADDRESS) return network;
  return { ...network, name, sources: network.sources.map((source) => ({ ...source, name })) };
}

/** What of some networks is shown where there is no room for all: so many networks, and so many addresses of each of unknown sources and of each other one. */
export function showNetworks(
  networks: readonly SourceNetwork[],
  most: { readonly networks: number; readonly strange: number; readonly known: number },
): readonly ShownNetwork[] {
  return networks.slice(0, most.networks).map((network) => {
    const lines = network.isUnknownSource ? most.strange : most.known;
    // A line for one address less is no shorter than the address.
    const cut = network.sources.length === lines + 1 ? lines + 1 : lines;
    return { network, shown: network.sources.slice(0, cut), rest: network.sources.slice(cut) };
  });
}

function networkKey({ asn, networkType, address }: PlacedSource): string {
  if (asn > 0) return `${asn} ${networkType}`;
  const block = parsePrefix(address);
  return `${block === null ? address : printPrefix(networkAround(block))} ${networkType}`;
}

function busiestFirst(a: PlacedSource, b: PlacedSource): number {
  return b.requests - a.requests || Number(a.address > b.address) - Number(a.address < b.address);
}
