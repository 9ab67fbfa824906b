import type { ContainmentAction, ContainmentCall } from "../model/incident/containment.js";
import type { Finding } from "../model/finding/finding.js";
import type { Incident, IncidentTransition } from "../model/incident/incident.js";
import { isPage } from "../model/incident/page.js";
import type { KeyVersion } from "../model/key/key.js";
import { parsePrefix } from "../model/network/address.js";
import { isWithin } from "../model/network/address-cover.js";
import { NO_ADDRESS_BLOCK } from "../model/network/no-address.js";
import { foldContainments } from "./fold-containments.js";

/** Whether keys are contained without a person: `dry-run` records what would have been asked, and asks nothing. */
export const AUTOMATIC_MODES = ["off", "dry-run", "on"] as const;
export type AutomaticMode = (typeof AUTOMATIC_MODES)[number];

/** What is older was judged by nobody in time: a switch to `on` contains nothing that began before. */
const FRESH_MS = 15 * 60_000;
/** Fleets were judged from the third week on when it was measured how rare scores are. */
const LEAST_HISTORY_DAYS = 14;

/** What is looked at before a key is contained without a person. */
export interface AutomaticFacts {
  readonly incident: Incident;
  readonly transitions: readonly IncidentTransition[];
  /** The newest of the incident. */
  readonly finding: Finding | null;
  /** Blocks (CIDR) that hold every source that the incident blames; null where not all can be named. */
  readonly blamed: readonly string[] | null;
  readonly key: KeyVersion | null;
  /** Score from which on a key is contained. */
  readonly threshold: number;
  readonly mode: AutomaticMode;
  /** Epoch ms. */
  readonly now: number;
}

/** Why a key is left to people. */
export type LeftToPeople =
  | "switched off"
  | "no page"
  | "not one key"
  | "no guard"
  | "others act"
  | "stale"
  | "below the threshold"
  | "no history"
  | "sources not listed";

/** What Plimsoll may ask by itself, what it would rather have first; or why nothing. */
export function judgeAutomatic(facts: AutomaticFacts): readonly ContainmentAction[] | LeftToPeople {
  const { incident, transitions, finding, blamed, key, threshold, mode, now } = facts;
  if (mode === "off") return "switched off";
  if (!incident.open || incident.cause !== "leak" || !isPage(incident.severity) || !incident.wasPage) return "no page";
  if (incident.keyId === null || incident.keys.length > 1 || incident.subject !== null) return "not one key";
  if (key === null || key.guard === "") return "no guard";
  if (wasActedOn(transitions, mode)) return "others act";
  if (finding === null || incident.quiet || finding.tick < now - FRESH_MS) return "stale";
  if (!isPage(finding.severity) || finding.score < threshold) return "below the threshold";
  // Of a key alone: what a group, a provider's report or callers say has another scale, or names nobody.
  const { statistics } = finding;
  if (finding.cause !== "leak" || !("surprises" in statistics)) return "not one key";
  const isYoung = (statistics.first_days ?? null) !== null || statistics.baseline_day === null;
  if (isYoung || statistics.history_days < LEAST_HISTORY_DAYS) return "no history";
  if (blamed === null) return "sources not listed";
  const canBeDenied =
    blamed.length > 0 && !blamed.includes(NO_ADDRESS_BLOCK) && statistics.without_address === undefined;
  return canBeDenied ? ["deny_networks", "throttle"] : ["throttle"];
}

/** Whether a step spares everybody that is known to be the owner's: denies no network that the registry allows the key, in whole or in part. */
export function sparesAllowed({ networks }: ContainmentCall, { allowedCidrs }: KeyVersion): boolean {
  const allowed = allowedCidrs.flatMap((block) => parsePrefix(block) ?? []);
  return networks
    .flatMap((block) => parsePrefix(block) ?? [])
    .every((block) => !allowed.some((own) => isWithin(block, own) || isWithin(own, block)));
}

/** Whether somebody, or Plimsoll, contained it before: from then on it is people's. What would have been asked counts only where that is all that is recorded. */
function wasActedOn(transitions: readonly IncidentTransition[], mode: AutomaticMode): boolean {
  if (foldContainments(transitions).length > 0) return true;
  if (transitions.some(({ person }) => person?.verdict === "benign")) return true;
  return mode === "dry-run" && transitions.some(({ reason }) => reason === "would_contain");
}
