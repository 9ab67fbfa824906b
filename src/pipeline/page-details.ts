import { countText, dollarText } from "../detect/evidence.js";
import { statisticsOf } from "../incident/evidence-of.js";
import type { Finding } from "../model/finding.js";
import type { KeyVersion } from "../model/key.js";
import { describeNetwork, type NetworkType } from "../model/network-table.js";
import type { KeySource } from "../store/evidence.js";
import { HOUR_MS } from "../time/day.js";
import { amountDetails, limitText, type LeakStatistics, type NewSource } from "./page-amounts.js";
import type { PageEvidence } from "./page-evidence.js";

const LINES = 5;
const UNREADABLE = "could not be read when this page was written: run the query below";

/** What a page on a leak says beside its summary, the most urgent first; every part goes by itself, so that a page always goes. */
export function leakDetails(finding: Finding, key: KeyVersion | null, evidence: PageEvidence): Record<string, unknown> {
  const statistics = statisticsOf(finding) as LeakStatistics;
  const hours = Math.max((finding.tick - finding.onset) / HOUR_MS, 1 / 60);
  const keys = statistics.keys ?? [];
  return {
    ...(statistics.explanation === undefined ? {} : { in_short: statistics.explanation }),
    ...keyDetails(finding, key),
    ...(keys.length === 0 ? {} : { keys: keys.map(keyText) }),
    since: sinceText(finding),
    ...amountDetails(finding, statistics, evidence, hours),
    ...(keys.length > 0 ? {} : { limit: limitText(key, evidence, finding, hours) }),
    networks_now: (statistics.new_sources ?? []).map((source) => newSourceText(source, evidence)),
    networks_before: networksBefore(evidence),
    ...sourceDetails(evidence, statistics.new_sources ?? []),
    never_touched_before: neverTouched(evidence),
    what_spoke: finding.signals.map(
      ({ name, score, summary }) => `${name} (${score.toFixed(1)} of ${finding.score.toFixed(1)}): ${summary}`,
    ),
    how_sure: sureText(finding, statistics),
    not_evaluated: notEvaluated(finding, statistics, key, evidence),
    what_to_do: whatToDo(key),
  };
}

/** Who it is about. */
export function keyDetails(finding: Finding, key: KeyVersion | null): Record<string, string> {
  return {
    key: `${key?.display || finding.keyId} (${finding.keyId})`,
    owner: key?.owner || "nobody is on file as its owner",
    ...(key?.service ? { service: `${key.service}${key.environment ? `, ${key.environment}` : ""}` } : {}),
  };
}

/** Since when, and how that is known. */
export function sinceText({ onset, tick }: Finding): string {
  return `${new Date(onset).toISOString()} (${countText((tick - onset) / 60_000)} minutes before this check, by the change in its traffic)`;
}

function keyText({
  key_id: keyId,
  requests,
  spend_micros: micros = 0,
}: {
  key_id: string;
  requests: number;
  spend_micros?: number;
}): string {
  return `${keyId}: ${countText(requests)} requests${micros > 0 ? `, ${dollarText(micros)}` : ""}`;
}

function newSourceText(source: NewSource, { networkNames }: PageEvidence): string {
  const name = networkNames.get(source.address) ?? "";
  const network = describeNetwork({ asn: source.asn, type: source.network_type, name });
  return `${source.address} ${network}: ${countText(source.requests)} requests, ${dollarText(source.spend_micros)}, first seen ${source.first_seen}`;
}

function networksBefore({ networksBefore: before }: PageEvidence): string | readonly string[] {
  if (before === null) return UNREADABLE;
  if (before.length === 0) return "none in the week before";
  return before.map(
    ({ asn, networkType, name, requests, addresses }) =>
      `${describeNetwork({ asn, type: networkType as NetworkType | "unknown", name })}: ${countText(requests)} requests from ${countText(addresses)} address${addresses === 1 ? "" : "es"} in the week before`,
  );
}

function sourceDetails({ sources }: PageEvidence, newcomers: readonly NewSource[]): Record<string, unknown> {
  if (sources === null) return { known_sources: UNREADABLE };
  const isNew = new Set(newcomers.map(({ address }) => address));
  const textOf = ({ address, requests, spendMicros }: KeySource) =>
    `${address}: ${countText(requests)} requests, ${dollarText(spendMicros)}`;
  const ofNew = sources.filter(({ address }) => isNew.has(address)).flatMap(({ userAgents }) => userAgents);
  return {
    known_sources: sources
      .filter(({ address }) => !isNew.has(address))
      .slice(0, LINES)
      .map(textOf),
    ...(isNew.size === 0 ? {} : { clients_of_new_sources: [...new Set(ofNew)].slice(0, LINES) }),
  };
}

function neverTouched({ newUses }: PageEvidence): string | readonly string[] {
  if (newUses === null) return UNREADABLE;
  if (newUses.length === 0) return "no route or scope that is new to the key";
  return newUses.map(
    ({ level, value, requests, spendMicros }) =>
      `${level} ${value}: ${countText(requests)} requests, ${dollarText(spendMicros)}`,
  );
}

function sureText(finding: Finding, { expected_once_in_key_days: days }: LeakStatistics): string {
  return days === undefined
    ? `score ${finding.score.toFixed(1)}`
    : `score ${finding.score.toFixed(1)}: legitimate traffic looks like this once in ${countText(days)} key-days`;
}

function notEvaluated(
  finding: Finding,
  statistics: LeakStatistics,
  key: KeyVersion | null,
  evidence: PageEvidence,
): string | readonly string[] {
  const minutes = evidence.unevaluatedMinutes;
  const known = [
    minutes === null
      ? "whether every minute was heard could not be read"
      : minutes > 0
        ? `${countText(minutes)} minutes since then, in which no source was heard`
        : "",
    statistics.baseline_day === null ? "what is usual for this key: it has no history of a whole day" : "",
    statistics.keys === undefined && (key?.limitPerMinute ?? null) === null
      ? "closeness to the limit: none is on file"
      : "",
    statistics.keys === undefined && (key?.allowedCidrs.length ?? 0) === 0 ? "allowed networks: none are on file" : "",
    finding.signals.every(({ name }) => name !== "spend") && (statistics.since_onset?.spend_micros ?? 0) === 0
      ? "cost: no request had a price"
      : "",
  ].filter((text) => text !== "");
  return known.length === 0 ? "nothing was left out" : known;
}

function whatToDo(key: KeyVersion | null): string {
  const whom = key?.owner ? `Ask ${key.owner}` : "Ask the key's owner";
  return `${whom} whether they started this. If not: issue a new key, move the callers, revoke this one; then look at what was done with it.`;
}
