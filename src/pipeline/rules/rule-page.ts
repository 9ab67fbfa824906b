import { countText, dollarText } from "../../detect/evidence.js";
import type { Finding } from "../../model/finding.js";
import type { KeyVersion } from "../../model/key.js";
import type { KeySource } from "../../store/evidence.js";
import { HOUR_MS } from "../../time/day.js";
import { limitText, usageDetails } from "../page-amounts.js";
import { lastDetails } from "../activity-text.js";
import { agoText, changeDetails, keyDetails, newUseText, networkTexts } from "../page-details.js";
import type { PageEvidence } from "../page-evidence.js";

const SOURCES_IN_PAGE = 5;

/** What a page on a rule or fact says beside its summary: the rule's figures, and from where the key was used since then. */
export function rulePageDetails(
  finding: Finding,
  key: KeyVersion | null,
  evidence: PageEvidence,
): Record<string, unknown> {
  const {
    rule,
    sources,
    what_to_do: toDo,
  } = finding.statistics as {
    rule?: string;
    sources?: RuleSource[];
    what_to_do?: string;
  };
  const { sources: used, newUses } = evidence;
  // Of Plimsoll's own trouble there is no key to speak of.
  if (finding.keyId === "") return { since: agoText(finding), ...(toDo === undefined ? {} : { what_to_do: toDo }) };
  const hours = Math.max((finding.tick - finding.onset) / HOUR_MS, 1 / 60);
  return {
    what_to_do: whatToDo(finding, key),
    ...keyDetails(finding, key),
    ...(rule === undefined ? {} : { rule }),
    since: agoText(finding),
    ...lastDetails(finding),
    what_changed: finding.signals.map((signal) => `${signal.name}: ${signal.summary}`),
    ...(sources === undefined ? usedFrom(used) : { sources: sources.slice(0, SOURCES_IN_PAGE).map(sourceText) }),
    ...usageDetails(evidence),
    limit: limitText(key, evidence, finding, hours),
    networks_before: networkTexts(evidence),
    clients: [...new Set((used ?? []).flatMap((source) => source.userAgents))].slice(0, SOURCES_IN_PAGE),
    ...(newUses === null || newUses.length === 0
      ? {}
      : {
          never_touched_before: newUses.map(newUseText),
        }),
    ...changeDetails(evidence),
    how_sure: finding.signals.some(({ name }) => name === "registry")
      ? "the registry and what was reported say so: a matter of fact, not of likelihood"
      : `${finding.score.toFixed(1)} times the bound of a fixed rule: a matter of fact, not of likelihood`,
  };
}

interface RuleSource {
  readonly address: string;
  readonly asn: number;
  readonly network_type: string;
  readonly requests: number;
  readonly refused: number;
  readonly spend_micros: number;
  readonly first_seen: string;
}

function sourceText(source: RuleSource): string {
  const { address, asn, network_type: type, requests, refused, spend_micros: micros } = source;
  const counts = [
    requests > 0 ? `${countText(requests)} served` : "",
    refused > 0 ? `${countText(refused)} refused` : "",
  ];
  const cost = micros > 0 ? `, ${dollarText(micros)}` : "";
  return `${address}${asn > 0 ? ` AS${asn}` : ""} (${type}): ${counts.filter((text) => text !== "").join(", ")}${cost}, since ${source.first_seen}`;
}

function usedFrom(evidence: readonly KeySource[] | null): Record<string, unknown> {
  if (evidence === null) return { sources: "could not be read when this page was written: run the query below" };
  const sources = evidence.slice(0, SOURCES_IN_PAGE);
  return {
    sources: sources.map(
      (source) =>
        `${source.address} (${source.networkType}): ${countText(source.requests)} requests, ${dollarText(source.spendMicros)}`,
    ),
  };
}

function whatToDo({ cause, statistics }: Finding, key: KeyVersion | null): string {
  const { what_to_do: said } = statistics as { what_to_do?: string };
  if (said !== undefined) return said;
  const owner = key?.owner || "the key's owner";
  const isServed = (statistics as { requests?: number }).requests !== 0;
  if (cause === "revoked_use" && isServed) {
    return `Something still accepts this key: block it where it is checked, then look at what was done with it. Ask ${owner} who may still hold it.`;
  }
  if (cause === "revoked_use") {
    return `Nothing was served. Somebody tries the key from a network that it never used: ask ${owner} who may hold it, and watch the key that replaced it.`;
  }
  if (cause === "outside_allowed") {
    return `Ask ${owner} whether these networks are theirs. If so: add them to allowed_cidrs. If not: issue a new key, move the callers, revoke this one; and have the allow list enforced where the key is checked.`;
  }
  return `Ask ${owner} whether this was meant. If so: change the rule. If not: treat it as a leak: issue a new key, move the callers, revoke this one.`;
}
