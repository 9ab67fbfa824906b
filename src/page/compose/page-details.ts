import type { Finding } from "../../model/finding/finding.js";
import { changeTexts } from "../../model/key/key-change.js";
import { namedWithId, versionIn, type KeyVersion } from "../../model/key/key.js";
import { NO_ADDRESS } from "../../model/network/no-address.js";
import { describeNetwork } from "../../model/network/describe-network.js";
import type { NetworkType } from "../../model/network/network-table.js";
import { HOUR_MS } from "../../time/day.js";
import { activityDetails, minutesText } from "./activity-text.js";
import { LINES } from "./first-lines.js";
import { amountDetails, limitText } from "./page-amounts.js";
import { replacementText, sessionKeyDetails } from "./session-keys.js";
import { newSourceTexts, sourceDetails, UNREADABLE } from "./source-details.js";
import { scoreText } from "../../model/finding/score-text.js";
import { costText, countText, requestsText, countedText } from "../../text/amounts.js";
import { minuteText } from "../../text/clock-text.js";
import type { NewUse } from "../../model/finding/evidence.js";
import type { PageEvidence } from "../evidence.js";
import { keyText, othersTexts } from "./other-keys.js";
import type { KeyLeak, LeakStatistics, UnaccountedLeak, UnreportedLeak } from "../../model/finding/leak-statistics.js";

/** Beyond this a figure says no more. */
const MOST_DAYS = 1e9;

/** What a page on a leak says beside its summary, the most urgent first; every part goes by itself, so that a page always goes. */
export function leakDetails(
  finding: Finding,
  statistics: KeyLeak | UnaccountedLeak | UnreportedLeak,
  registry: ReadonlyMap<string, KeyVersion>,
  evidence: PageEvidence,
): Record<string, unknown> {
  const key = versionIn(registry, finding.keyId);
  const hours = Math.max((finding.tick - finding.onset) / HOUR_MS, 1 / 60);
  return {
    ...("explanation" in statistics ? { summary: statistics.explanation } : {}),
    next_steps: whatToDo(key, statistics, replacementText(finding.keyId, evidence)),
    ...keyDetails(finding, key),
    ...sessionKeyDetails(evidence),
    since:
      "gateway_requests" in statistics
        ? agoText(finding, ", when the gateway began to serve what no caller reports")
        : sinceText(finding),
    ...activityDetails(finding),
    ...amountDetails(finding, statistics, evidence),
    limit: limitText(key, evidence, finding, hours),
    new_networks: newSourceTexts(finding, statistics, evidence),
    usual_networks: networkTexts(evidence),
    ...sourceDetails(finding, evidence),
    ...otherKeyDetails(evidence, registry),
    first_time_routes_and_scopes: neverTouched(evidence),
    ...changeDetails(evidence),
    signals: signalTexts(finding),
    confidence: sureText(finding, statistics),
    not_evaluated: notEvaluated(finding, statistics, key, evidence),
  };
}

/** Who else was used from the sources that are blamed. */
export function otherKeyDetails({ others }: PageEvidence, registry: ReadonlyMap<string, KeyVersion>) {
  return others === null ? {} : { other_keys: othersTexts(others, (keyId) => keyText(keyId, registry)) };
}

/** Who it is about. */
export function keyDetails(finding: Finding, key: KeyVersion | null): Record<string, string> {
  const id = finding.keyId ?? "";
  return {
    key: namedWithId(key?.display, id),
    owner: key?.owner || "no owner on record",
    ...(key?.service ? { service: `${key.service}${key.environment ? `, ${key.environment}` : ""}` } : {}),
  };
}

/** Since when, and how that is known. */
export function sinceText({ onset, tick }: Finding): string {
  return agoText({ onset, tick }, ", when its traffic changed");
}

/** An instant and how long before the check it was. */
export function agoText({ onset, tick }: Pick<Finding, "onset" | "tick">, how = ""): string {
  const minutes = Math.round((tick - onset) / 60_000);
  return `${minuteText(onset)}${how} (${minutes < 1 ? "at this check" : `${agoOf(minutes)} before this check`})`;
}

function agoOf(minutes: number): string {
  if (minutes < 120) return minutesText(minutes);
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} hours`;
  return `${Math.floor(hours / 24)} days and ${countedText(hours % 24, "hour")}`;
}

/** Signals, each with its share of the score: what other tests take off the whole, a share cannot be more than. */
export function signalTexts({ signals, score }: Finding): string[] {
  return signals.map(
    (one) => `${one.name} (${Math.min(one.score, score).toFixed(1)} of ${score.toFixed(1)}): ${one.summary}`,
  );
}

/** Networks of the week before the onset. */
export function networkTexts({ networksBefore: before }: PageEvidence): string | readonly string[] {
  if (before === null) return UNREADABLE;
  if (before.length === 0) return "none in the week before the onset";
  return before.map(
    ({ asn, networkType, name, requests, addresses }) =>
      `${describeNetwork({ asn, type: networkType as NetworkType | "unknown", name })}: ${requestsText(requests)}${name === NO_ADDRESS ? "" : ` from ${countText(addresses)} address${addresses === 1 ? "" : "es"}`} in the week before the onset`,
  );
}

function neverTouched({ newUses }: PageEvidence): string | readonly string[] {
  if (newUses === null) return UNREADABLE;
  if (newUses.length === 0) return "no routes or scopes that are new for this key";
  return newUses.map((use) => `${newUseText(use)}${costText(use.spendMicros)}`);
}

/** A route or scope that is new to the key: what is refused there is somebody who tries what the key may do. */
export function newUseText({ level, value, requests, refused }: NewUse): string {
  return `${level} ${value}: ${requestsText(requests)}${refused === 0 ? "" : `, of which ${countText(refused)} refused`}`;
}

/** What people changed of the key lately: it may explain what was found, or be part of it. */
export function changeDetails({ changes }: PageEvidence): Record<string, unknown> {
  if (changes === null) return { recent_key_changes: UNREADABLE };
  const told = changes.slice(-LINES).map((change) => {
    const by = change.recordedBy === "" ? "" : `, by ${change.recordedBy}`;
    return `${minuteText(change.validFrom)}: ${changeTexts(change).join("; ")}${by}`;
  });
  return told.length === 0 ? {} : { recent_key_changes: told };
}

/** How often legitimate traffic looks like this. */
export function sureText({ score }: Finding, { expected_once_in_key_days: days, thresholds }: LeakStatistics): string {
  return `${scoreText(score, thresholds ?? null)}: legitimate traffic looks like this ${days > MOST_DAYS ? "less than once in a billion" : `once in ${countText(days)}`} key-days`;
}

function notEvaluated(
  finding: Finding,
  statistics: KeyLeak | UnaccountedLeak | UnreportedLeak,
  key: KeyVersion | null,
  evidence: PageEvidence,
): string | readonly string[] {
  const minutes = evidence.unevaluatedMinutes;
  const known = [
    minutes === null
      ? "whether every minute has data could not be read"
      : minutes > 0
        ? `${minutesText(minutes)} since the onset, in which no events were received`
        : "",
    "baseline_day" in statistics && statistics.baseline_day === null
      ? "normal traffic of this key: it has no full day of history"
      : "",
    (key?.limitPerMinute ?? null) === null ? "distance to the limit: no limit on record" : "",
    (key?.allowedCidrs.length ?? 0) === 0 ? "allowed networks: none on record" : "",
    finding.signals.every(({ name }) => name !== "spend") && statistics.since_onset.spend_micros === 0
      ? "cost: no request has a price"
      : "",
  ].filter((text) => text !== "");
  return known.length === 0 ? "nothing" : known;
}

function whatToDo(key: KeyVersion | null, statistics: LeakStatistics, replacement: string): string {
  const whom = key?.owner ? `Ask ${key.owner}` : "Ask the key's owner";
  const what = "gateway_requests" in statistics ? "a program that does not report what it calls" : "this";
  return `${whom} whether they started ${what}. If not: ${replacement}; then investigate what was done with it.`;
}
