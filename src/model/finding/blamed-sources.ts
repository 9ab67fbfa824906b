import { AddressCovers } from "../network/address-cover.js";
import type { Blame } from "./fact-statistics.js";
import type { FindingFacts } from "./finding-statistics.js";

/** Whom a finding blames, all of them: how many addresses, and blocks (CIDR) that hold every one. Lists of sources beside it are cut for people. */
export interface BlamedSources {
  readonly addresses: number;
  /** Empty where the evidence is not about sources; null where not all of them can be named: then nothing may be concluded from networks. */
  readonly networks: readonly string[] | null;
}

/**
 * Statistics of a finding that blames some addresses, each given once or more often.
 * @param covers what is kept of the addresses for the next finding about most of them
 */
export function blameStatistics(addresses: readonly string[], covers = new AddressCovers()): Blame {
  return { blamed_addresses: new Set(addresses).size, blamed_networks: covers.cover(addresses) };
}

/** Whom a finding blames. */
export function blamedSources({ statistics }: FindingFacts): BlamedSources {
  const addresses = "blamed_addresses" in statistics ? statistics.blamed_addresses : 0;
  const networks = "blamed_networks" in statistics ? statistics.blamed_networks : [];
  return { addresses: addresses ?? 0, networks: networks === undefined ? [] : networks };
}
