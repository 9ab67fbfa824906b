import { compareAddresses, lastOf, parseAddress, parsePrefix } from "../model/address.js";
import type { Expectation } from "../model/expectation.js";
import { subjectOf, type Finding } from "../model/finding.js";
import { NO_ADDRESS } from "../model/no-address.js";

interface Source {
  readonly address: string;
  readonly requests?: number;
}

/** The expectation that all of a finding falls under, or null: one foreign source is enough for that. */
export function expectationOf(finding: Finding, expectations: readonly Expectation[]): Expectation | null {
  return expectations.find((one) => isExpected(finding, one)) ?? null;
}

/** Sources that a finding blames, as far as it names them, and whether it names all. */
export function blamedSources({ statistics }: Pick<Finding, "statistics">): {
  readonly addresses: readonly string[];
  readonly areAll: boolean;
} {
  const { new_sources, sources, since_onset, requests } = statistics as {
    new_sources?: readonly Source[];
    sources?: readonly Source[];
    since_onset?: { novel_requests: number };
    requests?: unknown;
  };
  const named = new_sources ?? sources ?? [];
  const sum = named.reduce((total, source) => total + (source.requests ?? 0), 0);
  const blamed = since_onset?.novel_requests ?? (sources !== undefined && typeof requests === "number" ? requests : 0);
  return { addresses: named.map(({ address }) => address), areAll: sum >= blamed };
}

function isExpected(finding: Finding, of: Expectation): boolean {
  if (finding.cause !== of.cause || subjectOf(finding) !== of.subject) return false;
  if (finding.tick < of.from || finding.tick >= of.until) return false;
  const { addresses, areAll } = blamedSources(finding);
  if (addresses.length === 0) return areAll && of.networks.length === 0;
  return areAll && addresses.every((address) => of.networks.some((network) => holds(network, address)));
}

function holds(network: string, address: string): boolean {
  if (address === NO_ADDRESS) return network === NO_ADDRESS;
  const [prefix, words] = [parsePrefix(network), parseAddress(address)];
  if (prefix === null || words === null || prefix.words.length !== words.length) return false;
  return compareAddresses(prefix.words, words) <= 0 && compareAddresses(words, lastOf(prefix)) <= 0;
}
