import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { activityDetails } from "./activity-text.js";
import { firstLines } from "./first-lines.js";
import { keyText } from "./other-keys.js";
import { amountDetails } from "./page-amounts.js";
import { signalTexts, sinceText, sureText } from "./page-details.js";
import { costText, countText, requestsText } from "../../text/amounts.js";
import { NO_SOURCES, type PageEvidence } from "../evidence.js";
import type { GroupLeak, NetworkLeak } from "../../model/finding/leak-statistics.js";

/** What a page on several keys at once says beside its summary: one network that uses them, or a rise that they share. */
export function sharedDetails(
  finding: Finding,
  statistics: GroupLeak | NetworkLeak,
  registry: ReadonlyMap<string, KeyVersion>,
  evidence: PageEvidence,
): Record<string, unknown> {
  const { keys } = statistics;
  const network = "network" in statistics ? statistics.network : null;
  // The strongest keys come first, and so do their owners.
  const owners = [...new Set(keys.map(({ key_id: keyId }) => registry.get(keyId)?.owner || "unknown"))];
  const { blamed, others } = evidence.sources ?? { blamed: NO_SOURCES, others: NO_SOURCES };
  const of = blamed.addresses > 0 ? blamed : others;
  return {
    next_steps: network === null ? WHEN_RISING : whenShared(owners, network),
    keys_affected: `${countText(keys.length)} keys of ${countText(owners.length)} owner${owners.length === 1 ? "" : "s"}: ${listText(owners, 20)}`,
    keys: keys.map(({ key_id: keyId, requests, spend_micros: micros = 0 }) => {
      return `${keyText(keyId, registry)}: ${requestsText(requests)}${costText(micros)}`;
    }),
    since: sinceText(finding),
    ...activityDetails(finding),
    ...amountDetails(finding, statistics, { ...evidence, usage: null }),
    ...(network === null ? {} : { network }),
    sources_of_top_key: firstLines(
      of.busiest.map(
        ({ address, asn, networkType, requests, userAgents }) =>
          `${address}${asn > 0 ? ` AS${asn}` : ""} (${networkType}): ${requestsText(requests)} by ${userAgents.slice(0, 2).join(", ") || "no named client"}`,
      ),
      of.addresses,
      "addresses",
    ),
    signals: signalTexts(finding),
    confidence: sureText(finding, statistics),
  };
}

const listText = (names: readonly string[], most: number) =>
  names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");

function whenShared(owners: readonly string[], network: string): string {
  return `Ask ${listText(owners, 5)} whether ${network} is new infrastructure of theirs (an egress, a proxy, a monitor). If not: these keys leaked together. Look for what they share (a repository, a CI system, a vault, a laptop), and replace all of them.`;
}

const WHEN_RISING =
  "Look for what these keys have in common: a campaign, a deploy, retries after an outage. If nothing explains it, look at the keys whose use rose most, and at who holds all of them.";
