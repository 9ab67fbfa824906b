import { requestsText, countedText } from "../text/amounts.js";
import type { SplitTraffic } from "./split-sources.js";
import { networksText, type AskedFor } from "./words.js";

/** How far back "now" goes, when it is said who uses a key now. */
export const NOW_MS = 3_600_000;

/** What a containment would hit, in sentences: who uses the key now, and what of that would end. `denied`: requests from what is to be denied. */
export function blastSentences(
  { known, unknown, unlisted }: SplitTraffic,
  asked: AskedFor | null,
  { denied, deniedKnown, knownBefore, isFirstUse, busiestMinute }: Hits,
): readonly string[] {
  const all = known.requests + unknown.requests + unlisted;
  const spared =
    deniedKnown > 0
      ? `${requestsText(deniedKnown)} of them from known sources: the owner would be denied, too`
      : knownBefore > 0
        ? `they hold ${countedText(knownBefore, "known source")} that came earlier: the owner may be denied, too`
        : isFirstUse
          ? "nobody is known on this key, which was not used before: the owner may be among them"
          : "no known source is in them";
  if (all === 0)
    return [
      "nobody used the key in the last hour",
      ...(asked === null ? [] : [asked.action === "deny_networks" ? `${askedOf(asked)}; ${spared}` : askedOf(asked)]),
    ];
  const share = (requests: number) => `${Math.round((100 * requests) / all)}%`;
  const now = [
    `in the last hour: ${requestsText(known.requests)} from ${countedText(known.addresses, "known source")} (${share(known.requests)}), ${requestsText(unknown.requests)} from ${countedText(unknown.addresses, "unknown source")} (${share(unknown.requests)})`,
    ...(unlisted === 0 ? [] : [`and ${requestsText(unlisted)} from more sources than are looked at one by one`]),
  ];
  if (asked === null) return now;
  if (asked.action === "deny_networks") {
    return [
      ...now,
      `denies ${networksText(asked.networks)}: ${requestsText(denied)} of the last hour (${share(denied)}); ${spared}`,
    ];
  }
  if (asked.action === "freeze")
    return [
      ...now,
      `refuses everything, also the ${requestsText(known.requests)} from known sources: the owner's service stops`,
    ];
  const limit = asked.limitPerMinute ?? 0;
  const isTight = busiestMinute > limit;
  return [
    ...now,
    `leaves ${requestsText(limit)} a minute to all sources together; the busiest minute of the last hour had ${requestsText(busiestMinute)}${isTight ? ", so known sources may be refused, too" : ": it changes nothing yet"}`,
  ];
}

/** What of the last hour's requests, and of the sources before the incident, a containment would hit. */
export interface Hits {
  readonly denied: number;
  readonly deniedKnown: number;
  /** Addresses to be denied at which the key was served before a leak began. */
  readonly knownBefore: number;
  /** Whether the key was not used before: then nobody can say who is its owner. */
  readonly isFirstUse: boolean;
  /** Requests of the busiest minute. */
  readonly busiestMinute: number;
}

function askedOf({ action, networks, limitPerMinute }: AskedFor): string {
  if (action === "deny_networks") return `denies ${networksText(networks)}`;
  return action === "freeze" ? "refuses everything" : `leaves ${requestsText(limitPerMinute ?? 0)} a minute`;
}
