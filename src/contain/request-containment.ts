import { follow } from "../incident/next-transition.js";
import type { CallEffect, ContainmentAction, ContainmentCall } from "../model/incident/containment.js";
import type { Incident, IncidentTransition, PersonsWord, TransitionReason } from "../model/incident/incident.js";
import type { KeyVersion } from "../model/key/key.js";
import { countedText } from "../text/amounts.js";
import { suggestCommand } from "../text/shell-quote.js";
import { isActive, type Containment } from "./fold-containments.js";
import { ACTION_WORDS, askedText, untilText } from "./words.js";

/** Keys and incidents that are named in a sentence. */
const NAMED = 3;

/** Why something cannot be asked for: a name for programs, a sentence that names the field and the fix for people. */
export interface ContainmentRefusal {
  readonly refusal: "is over" | "several keys" | "no guard" | "is contained" | "is not contained";
  readonly sentence: string;
}

/** What somebody wants to be asked of the guard, in full. */
export interface ContainmentOrder {
  readonly action: ContainmentAction;
  readonly networks: readonly string[];
  readonly limitPerMinute: number | null;
  readonly until: number;
}

/** The one key of an incident with its guard, or why there is none to ask. */
export function guardedKey(
  incident: Pick<Incident, "incidentId" | "keyId" | "keys">,
  key: KeyVersion | null,
): { readonly keyId: string; readonly guard: string; readonly guardRef: string } | ContainmentRefusal {
  const { keyId, keys } = incident;
  if (keyId === null || keys.length > 1) {
    const sentence =
      keys.length > 1
        ? `this incident is about ${keys.length} keys, and a containment is of one`
        : "this incident is about no key: there is nothing to contain";
    return { refusal: "several keys", sentence };
  }
  if (key === null || key.guard === "") {
    const known = key === null ? `the key ${keyId} is not in the registry` : `the key ${keyId} has no guard`;
    return {
      refusal: "no guard",
      sentence: `${known}: give its entry the field guard, the name of a target in PLIMSOLL_GUARDS (docs/containment.md)`,
    };
  }
  const guardRef = key.guardRef || keyId;
  // As a part of an address they would lead elsewhere: to what holds for all keys.
  if (/^\.{1,2}$/.test(guardRef)) {
    const sentence = `the guard ${key.guard} cannot call a key ${guardRef}: give its entry another guard_ref`;
    return { refusal: "no guard", sentence };
  }
  return { keyId, guard: key.guard, guardRef };
}

/** What can be contained of an incident about several keys, given the open ones beside it: nothing is advised that would be refused. */
export function insteadText({ keys }: Pick<Incident, "keys">, beside: readonly Incident[]): string {
  const own = beside.filter(
    (one) => one.open && one.keyId !== null && one.keys.length <= 1 && keys.includes(one.keyId),
  );
  const contained = new Set(own.map(({ keyId }) => keyId));
  const without = keys.filter((key) => !contained.has(key));
  const rest = "revoke or rotate at its issuer, or deny the networks at what guards it";
  if (own.length === 0) return `none of them has an open incident of its own: what is abused, ${rest}`;
  const commands = own.slice(0, NAMED).map(({ incidentId }) => suggestCommand("contain", incidentId));
  const more = own.length > NAMED ? `, and ${countedText(own.length - NAMED, "more open incident")} of its keys` : "";
  const left = without.length === 0 ? "" : `; of ${listText(without)} no incident is open: ${rest}`;
  return `contain those that have an open incident of their own: ${commands.join(", ")}${more}${left}`;
}

function listText(keys: readonly string[]): string {
  const more = keys.length > NAMED ? `, and ${countedText(keys.length - NAMED, "more key")},` : "";
  return `${keys.slice(0, NAMED).join(", ")}${more}`;
}

/** The step that asks for a containment at an instant (epoch ms), with its call; or why there is none. */
export function requestContainment(
  incident: Incident,
  containments: readonly Containment[],
  key: KeyVersion | null,
  order: ContainmentOrder,
  person: PersonsWord,
  at: number,
): IncidentTransition | ContainmentRefusal {
  if (!incident.open) {
    const sentence = `the incident ${incident.incidentId} is resolved: contain only what is open; a leak that continues opens it again`;
    return { refusal: "is over", sentence };
  }
  const guarded = guardedKey(incident, key);
  if ("refusal" in guarded) return guarded;
  const same = containments.find(
    (one) => isActive(one) && one.apply.action === order.action && isSame(one.apply, order),
  );
  if (same !== undefined) {
    const { apply, actor } = same;
    const undo = suggestCommand(`contain --undo --action ${order.action} --note 'WHY'`, incident.incidentId);
    const sentence = `nothing to do: ${actor} asked ${apply.guard} to ${askedText(apply)} ${untilText(apply.until)}; to end it: ${undo}`;
    return { refusal: "is contained", sentence };
  }
  const step = incident.sequence + 1;
  const containmentId = `${incident.incidentId}/${step}`;
  const call: ContainmentCall = {
    ...guarded,
    ...order,
    callId: callIdOf(containmentId, "apply", step),
    containmentId,
    incidentId: incident.incidentId,
    effect: "apply",
    step,
    at,
  };
  const text = `asked ${call.guard} to ${askedText(call)}, ${untilText(call.until)}`;
  return noteStep(incident, "requested", person, at, { containmentId, call, text });
}

/** The step that asks for the end of a containment, with its call. */
export function requestUndo(
  incident: Incident,
  { apply }: Containment,
  reason: Extract<TransitionReason, "undo_requested" | "expired" | "judged_benign" | "replaced" | "refused">,
  person: PersonsWord,
  at: number,
  why = "",
): IncidentTransition {
  const step = incident.sequence + 1;
  const call: ContainmentCall = {
    ...apply,
    callId: callIdOf(apply.containmentId, "undo", step),
    effect: "undo",
    step,
    at,
  };
  const text = `${why}asked ${apply.guard} to undo: ${askedText(apply)}`;
  return noteStep(incident, reason, person, at, { containmentId: apply.containmentId, call, text });
}

/** Which containments a person's undo is about: those of an action, or all that are not undone. */
export function undoable(
  containments: readonly Containment[],
  action: ContainmentAction | null,
): readonly Containment[] | ContainmentRefusal {
  // What the guard refused to undo may be asked again.
  const open = containments.filter((one) => isActive(one) || one.ended === "undo_refused");
  const meant = open.filter(({ apply }) => action === null || apply.action === action);
  if (meant.length > 0) return meant;
  const what = action === null ? "nothing" : `no ${ACTION_WORDS[action]}`;
  return { refusal: "is not contained", sentence: `nothing to undo: ${what} is in force for this incident` };
}

/** A step that says something of a containment, and changes nothing else about its incident. */
export function noteStep(
  incident: Incident,
  reason: TransitionReason,
  person: PersonsWord,
  at: number,
  containment: NonNullable<IncidentTransition["containment"]>,
): IncidentTransition {
  return { ...follow(incident, at, "containment", reason), person, containment };
}

function isSame(apply: ContainmentCall, { networks, limitPerMinute }: ContainmentOrder): boolean {
  if (apply.limitPerMinute !== limitPerMinute) return false;
  return networks.every((network) => apply.networks.includes(network));
}

function callIdOf(containmentId: string, effect: CallEffect, step: number): string {
  return `${containmentId}/${effect}/${step}`;
}
