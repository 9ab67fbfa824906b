import { blameStatistics } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { UseSince } from "../../store/audit/leak-reports.js";
import { registryFinding } from "./registry-finding.js";
import { countText, dollarText, requestsText } from "../../text/amounts.js";
import type { SourceList } from "../../model/finding/evidence.js";

const LISTED = 20;

/** Everybody who used it, as far as they are few enough to be named. */
function blameOf(use: UseSince | undefined) {
  if (use === undefined) return {};
  const { blamed_networks: networks } = blameStatistics(use.sourceAddresses);
  const areAll = use.sourceAddresses.length === use.addresses;
  return { blamed_addresses: use.addresses, blamed_networks: areAll ? networks : null };
}

/** What is said of a live key that is public. */
export interface PublicKeyFacts {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly publicSince: number;
  readonly isSinceAssumed: boolean;
  readonly used: readonly UseSince[];
  readonly sources: SourceList;
  readonly reporter: string;
  readonly place: string;
}

/** The finding about a live key that is public at an instant (epoch ms): critical, however quiet its traffic. */
export function publicKeyFinding(facts: PublicKeyFacts, now: number): Finding {
  const { keyId, key, publicSince, used, sources, reporter, place } = facts;
  const busiest = used.toSorted((a, b) => b.requests - a.requests)[0];
  const spent = used.reduce((most, one) => Math.max(most, one.spendMicros), 0);
  const use =
    busiest === undefined
      ? "no requests"
      : `${requestsText(busiest.requests)} from ${countText(busiest.addresses)} address${busiest.addresses === 1 ? "" : "es"}` +
        (spent > 0 ? ` (${dollarText(spent)})` : "");
  const owner = key?.owner || "the key's owner";
  return registryFinding({
    cause: "public_key",
    keyId,
    key,
    observedBy: busiest?.observedBy ?? "gateway",
    severity: "critical",
    score: 1,
    onset: publicSince,
    now,
    what: `is public and still live: ${use}`,
    against: `reported by ${reporter}, ${place === "" ? "which does not say where it was found" : `found at ${place}`}`,
    statistics: {
      reporter,
      place,
      public_since: facts.isSinceAssumed ? null : new Date(publicSince).toISOString(),
      requests: busiest?.requests ?? 0,
      refused: busiest?.refused ?? 0,
      spend_micros: spent,
      sources: sources.busiest.slice(0, LISTED).map((source) => ({
        address: source.address,
        asn: source.asn,
        network_type: source.networkType,
        first_seen: new Date(source.firstAt).toISOString(),
        requests: source.requests,
        refused: 0,
        spend_micros: source.spendMicros,
      })),
      ...blameOf(busiest),
      what_to_do: `Anyone can use this key. Issue a new one, move the callers, revoke this one now; remove it from where it was found; ask ${owner} which of the sources are theirs.`,
    },
  });
}
