import { clockText, spanText } from "../../text/clock-text.js";
import { countedText, dollarText, requestsText } from "../../text/amounts.js";
import type { FirstDays } from "../key/founding.js";
import type { Headline, NamedKey } from "./headline.js";
import type { SinceOnset } from "./since-onset.js";

/** Keys named in a summary; the others are in the finding. */
const KEYS_IN_SUMMARY = 3;
const PROGRAMS_IN_SUMMARY = 2;

/** What a finding about a key says of it: requests, since when, and cost; `addresses` counts those it blames, null where it blames none. */
export function leakHeadline(
  key: NamedKey | null,
  of: {
    readonly since: SinceOnset;
    readonly addresses: number | null;
    readonly onset: number;
    readonly tick: number;
    /** When it was last seen, RFC 3339, where it has ended. */
    readonly endedAt?: string | null;
    /** How the first days of the key are judged, where it is in them. */
    readonly firstDays?: FirstDays["kind"] | null;
    /** Whether some of it came without an address. */
    readonly isUnplaced?: boolean;
    /** Whether there may be more addresses than were counted. */
    readonly isLeast?: boolean;
    /** Programs that it blames. */
    readonly clients?: readonly string[];
    /** On how many routes that never served the key the requests were refused, where it tells of refusals. */
    readonly refusedRoutes?: number;
  },
): Headline {
  const { since, addresses, onset, tick, endedAt = null, clients = [], refusedRoutes } = of;
  const isNew = addresses !== null || clients.length > 0 || refusedRoutes !== undefined;
  const [count, micros] = !isNew
    ? [since.requests, since.spend_micros]
    : [since.novel_requests, since.novel_spend_micros];
  const cost = micros > 0 ? ` (${dollarText(micros)})` : "";
  const least = of.isLeast === true ? "at least " : "";
  const from = addresses === null ? "" : fromText(addresses, least, of.isUnplaced === true);
  const brief =
    refusedRoutes === undefined
      ? `${requestsText(count)}${servedText(from, clients, besideText(since, of.firstDays ?? null))}`
      : `${requestsText(count)} refused${from === "" ? "" : ` ${from}`} on ${countedText(refusedRoutes, "route")} new to this key`;
  return { key, what: `${brief}, ${spanText(onset, endedAt, tick)}${cost}`, brief };
}

function servedText(from: string, clients: readonly string[], beside: string): string {
  if (from !== "") return ` ${from}, ${beside}`;
  if (clients.length === 0) return ", unusual for this key";
  const others = clients.length > PROGRAMS_IN_SUMMARY ? ` and ${clients.length - PROGRAMS_IN_SUMMARY} more` : "";
  return ` by ${clients.slice(0, PROGRAMS_IN_SUMMARY).join(", ")}${others}, new to this key, ${beside}`;
}

/** What else the key did meanwhile: who took its place is told from who came on top of it. */
function besideText(since: SinceOnset, firstDays: FirstDays["kind"] | null): string {
  if (firstDays !== null)
    return firstDays === "dormant" ? "the first use of this key" : "in the first 48 hours of this key";
  const usual = since.requests - since.novel_requests;
  if (usual === 0 && since.expected_requests !== null && since.expected_requests < 1)
    return "when this key is usually not in use";
  if (usual * 2 >= (since.expected_requests ?? 0) && usual > 0) return "on top of its normal traffic";
  return usual === 0 ? "with none of its normal traffic beside it" : "with little of its normal traffic beside it";
}

function fromText(addresses: number, least: string, isUnplaced: boolean): string {
  if (addresses === 0 && isUnplaced) return "without an address, which is new for this key";
  const from = `from ${least}${addresses} new address${addresses === 1 ? "" : "es"}`;
  return isUnplaced ? `${from} and without an address` : from;
}

/**
 * What a finding about a network says of its use since an onset (epoch ms), as of a tick. `keyIds` are those that were found there at
 * that tick, the gravest first; `keys` is how many were in all.
 */
export function networkHeadline(of: {
  readonly network: string;
  readonly keyIds: readonly string[];
  readonly keys: number;
  readonly since: { readonly requests: number; readonly spend_micros: number };
  readonly onset: number;
  readonly tick: number;
}): Headline {
  const { network, keyIds, keys, since, onset, tick } = of;
  const names = keyIds.slice(0, KEYS_IN_SUMMARY);
  const others = keyIds.length > names.length ? ` and ${keyIds.length - names.length} more` : "";
  const requests = requestsText(since.requests);
  const sentence = `${keyIds.length} keys (${names.join(", ")}${others}) are used from ${network}, a network that no key used before`;
  return {
    key: null,
    what: `${sentence}: ${requests} since ${clockText(onset, tick)}${since.spend_micros > 0 ? ` (${dollarText(since.spend_micros)})` : ""}`,
    brief: `${keys} keys: ${requests} from ${network}, a network new to every key`,
  };
}
