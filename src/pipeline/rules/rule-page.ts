import { countText, dollarText } from "../../detect/evidence.js";
import type { Finding } from "../../model/finding.js";
import type { KeyVersion } from "../../model/key.js";
import type { KeySource } from "../../store/evidence.js";

const SOURCES_IN_PAGE = 5;

/** What a page on a rule or fact says beside its summary: the rule's figures, and from where the key was used since then. */
export function rulePageDetails(
  finding: Finding,
  key: KeyVersion | null,
  evidence: readonly KeySource[] | null,
): Record<string, unknown> {
  const { rule, sources } = finding.statistics as { rule?: string; sources?: RuleSource[] };
  const minutes = Math.round((finding.tick - finding.onset) / 60_000);
  return {
    key: `${key?.display || finding.keyId} (${finding.keyId})`,
    owner: key?.owner || "nobody is on file as its owner",
    service: key?.service ?? "",
    ...(rule === undefined ? {} : { rule }),
    since: `${new Date(finding.onset).toISOString()} (${minutes} minutes before this check)`,
    what_changed: finding.signals.map((signal) => `${signal.name}: ${signal.summary}`),
    ...(sources === undefined ? usedFrom(evidence) : { sources: sources.slice(0, SOURCES_IN_PAGE).map(sourceText) }),
    clients: [...new Set((evidence ?? []).flatMap((source) => source.userAgents))].slice(0, SOURCES_IN_PAGE),
    how_sure: `${finding.score.toFixed(1)} times the bound of a fixed rule: a matter of fact, not of likelihood`,
    what_to_do: whatToDo(finding, key),
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
