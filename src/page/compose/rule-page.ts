import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { ToldSource } from "../../model/finding/fact-statistics.js";
import type { Finding } from "../../model/finding/finding.js";
import { versionIn, type KeyVersion } from "../../model/key/key.js";
import { HOUR_MS } from "../../time/day.js";
import { firstLines } from "./first-lines.js";
import { limitText, usageDetails } from "./page-amounts.js";
import { lastDetails } from "./activity-text.js";
import { agoText, changeDetails, keyDetails, newUseText, networkTexts, otherKeyDetails } from "./page-details.js";
import { replacementText, sessionKeyDetails } from "./session-keys.js";
import { clientTexts, sourceTexts, UNREADABLE } from "./source-details.js";
import { costText, countText } from "../../text/amounts.js";
import { minuteOfText } from "../../text/clock-text.js";
import type { PageEvidence } from "../evidence.js";

/** What a page on a rule or fact says beside its summary: the rule's figures, and from where the key was used since then. */
export function rulePageDetails(
  finding: Finding,
  registry: ReadonlyMap<string, KeyVersion>,
  evidence: PageEvidence,
): Record<string, unknown> {
  const key = versionIn(registry, finding.keyId);
  const { statistics } = finding;
  const { sources: used, newUses } = evidence;
  // Of Plimsoll's own trouble there is no key to speak of.
  if (finding.keyId === null)
    return { since: agoText(finding), ...("what_to_do" in statistics ? { next_steps: statistics.what_to_do } : {}) };
  const hours = Math.max((finding.tick - finding.onset) / HOUR_MS, 1 / 60);
  const clients = clientTexts([...(used?.blamed.busiest ?? []), ...(used?.others.busiest ?? [])]);
  return {
    next_steps: whatToDo(finding, key, replacementText(finding.keyId, evidence)),
    ...keyDetails(finding, key),
    ...sessionKeyDetails(evidence),
    ...("rule" in statistics ? { rule: statistics.rule } : {}),
    since: "public_since" in statistics && statistics.public_since === null ? assumedText(finding) : agoText(finding),
    ...lastDetails(finding),
    signals: finding.signals.map((signal) => `${signal.name}: ${signal.summary}`),
    sources:
      "sources" in statistics
        ? firstLines(statistics.sources.map(sourceText), blamedSources(finding).addresses, "addresses")
        : usedFrom(evidence, finding),
    ...otherKeyDetails(evidence, registry),
    ...usageDetails(evidence),
    limit: limitText(key, evidence, finding, hours),
    usual_networks: networkTexts(evidence),
    ...(clients.length === 0 ? {} : { clients }),
    ...(newUses === null || newUses.length === 0
      ? {}
      : {
          first_time_routes_and_scopes: newUses.map(newUseText),
        }),
    ...changeDetails(evidence),
    confidence: finding.signals.some(({ name }) => name === "registry")
      ? "a fact from the registry or a report, not a probability"
      : `${finding.score.toFixed(1)} times the bound of a fixed rule: a fact, not a probability`,
  };
}

/** A report without a date says nothing of when it began. */
function assumedText(finding: Finding): string {
  return `unknown: the report does not say since when the key is public; its use is counted since ${agoText(finding)}`;
}

function sourceText(source: ToldSource): string {
  const { address, asn, network_type: type, requests, refused, spend_micros: micros } = source;
  const counts = [
    requests > 0 ? `${countText(requests)} served` : "",
    refused > 0 ? `${countText(refused)} refused` : "",
  ];
  return `${address}${asn > 0 ? ` AS${asn}` : ""} (${type}): ${counts.filter((text) => text !== "").join(", ")}${costText(micros)}, since ${minuteOfText(source.first_seen)}`;
}

function usedFrom({ sources }: PageEvidence, { onset }: Finding): string | readonly string[] {
  if (sources === null) return UNREADABLE;
  return sourceTexts(sources.blamed.addresses > 0 ? sources.blamed : sources.others, onset);
}

function whatToDo({ cause, statistics }: Finding, key: KeyVersion | null, replacement: string): string {
  if ("what_to_do" in statistics) return statistics.what_to_do;
  const owner = key?.owner || "the key's owner";
  if (cause === "revoked_use" && statistics.requests > 0) {
    return `Something still accepts this key: block it where it is checked, then investigate what was done with it. Ask ${owner} who may still hold it.`;
  }
  if (cause === "revoked_use") {
    return `Nothing was served. Someone is trying this key from a network it never used: ask ${owner} who may hold it, and watch the key that replaced it.`;
  }
  if (cause === "outside_allowed") {
    return `Ask ${owner} whether these networks are theirs. If so: add them to allowed_cidrs. If not: ${replacement}; and have the allow list enforced where the key is checked.`;
  }
  return `Ask ${owner} whether this was intended. If so: change the rule. If not: treat it as a leak: ${replacement}.`;
}
