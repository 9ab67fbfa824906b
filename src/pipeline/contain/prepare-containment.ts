import { blastSentences, NOW_MS } from "../../contain/blast-radius.js";
import { desiredState } from "../../contain/desired-state.js";
import { foldContainments, isActive, type Containment } from "../../contain/fold-containments.js";
import {
  guardedKey,
  insteadText,
  requestContainment,
  type ContainmentOrder,
} from "../../contain/request-containment.js";
import { endingText, inForceText } from "../../contain/standing-text.js";
import { isIn, isUnknownTo, splitSources } from "../../contain/split-sources.js";
import { showRequest } from "../../guard/show-request.js";
import type { KeyTraffic } from "../../model/finding/key-traffic.js";
import type { ContainmentAction, ContainmentCall } from "../../model/incident/containment.js";
import type { IncidentTransition, PersonsWord } from "../../model/incident/incident.js";
import { versionIn, type KeyVersion } from "../../model/key/key.js";
import { parsePrefix } from "../../model/network/address.js";
import { readBeside, type KnownIncident } from "../incident/read-incidents.js";
import { missingGuardText, type ContainDeps } from "./contain-deps.js";
import { readContainedKey, readKnownBefore, type ContainedKey } from "./contained-key.js";
import { orderOf, type ContainmentWish } from "./order-of-wish.js";

/** What a wish would come to: whom it would hit, what would be sent, and the step that asks for it; or why it cannot be asked. */
export interface PreparedContainment {
  /** Who uses the key now, and what of that would end. */
  readonly sentences: readonly string[];
  /** What is in force, in sentences; of what the guard did not accept yet, why. */
  readonly inForce: readonly string[];
  /** What the guard is asked to undo and has not, in sentences: the key may still be contained. */
  readonly ending: readonly string[];
  /** The exact requests as text, without a secret; none where it cannot be asked. */
  readonly requests: readonly string[];
  readonly step: IncidentTransition | null;
  /** Names the field and the fix; null where nothing is in the way. */
  readonly problem: string | null;
  /** Whether it would end what known sources do, too: somebody has to say that this is meant. */
  readonly hitsOwner: boolean;
}

/** What has been read by who looks at many incidents at one instant. */
export interface AlreadyRead {
  readonly registry: ReadonlyMap<string, KeyVersion>;
  readonly key: ContainedKey;
}

/** Looks at what a wish would come to at an instant (epoch ms), and asks nothing of any guard. Without a wish: who uses the key now. */
export async function prepareContainment(
  deps: ContainDeps,
  { incident, transitions }: KnownIncident,
  wish: ContainmentWish | null,
  person: PersonsWord,
  at: number,
  already: AlreadyRead | null = null,
): Promise<PreparedContainment> {
  const { store } = deps;
  const containments = foldContainments(transitions);
  const [calls, registry] = await Promise.all([
    store.contain.readCalls([incident.incidentId]),
    already?.registry ?? store.readClock().then(async (clock) => store.registry.readKeys(at, clock)),
  ]);
  const inForce = containments.filter(isActive).map((one) => inForceText(one, calls));
  const ending = containments.flatMap((one) => endingText(one, calls) ?? []);
  const version = versionIn(registry, incident.keyId);
  const guarded = guardedKey(incident, version);
  const keyId = incident.keyId;
  if (keyId === null || incident.keys.length > 1) {
    const refusal = "refusal" in guarded ? guarded.sentence : "";
    const problem =
      incident.keys.length > 1 ? `${refusal}: ${insteadText(incident, await readBeside(store, incident))}` : refusal;
    return { inForce, ending, sentences: [], requests: [], step: null, problem, hitsOwner: false };
  }
  const key = already?.key ?? (await readContainedKey(store, incident, keyId, at));
  const [traffic, order] = await Promise.all([
    store.contain.readKeyTraffic(key.watched, at - NOW_MS, at),
    wish === null ? null : orderOf(deps, key, wish, at),
  ]);
  const asked = order === null || "problem" in order ? null : order;
  const [usedBefore, rates] = await Promise.all([
    readKnownBefore(store, key, asked?.networks ?? []),
    asked?.action === "throttle" ? store.contain.readMinuteRates(key.watched, at - NOW_MS, at) : null,
  ]);
  const hits = {
    ...hitsOf(traffic, key, asked),
    isFirstUse:
      wish?.action === "deny_networks" &&
      wish.networks === null &&
      [...(key.blamed.unknown?.values() ?? [])].includes("first use"),
    knownBefore: usedBefore.length,
    busiestMinute: rates?.mostServed ?? 0,
  };
  const sentences = blastSentences(splitSources(traffic, key.blamed), asked, hits);
  const nothing = { inForce, ending, sentences, requests: [], step: null, hitsOwner: false };
  const refused = (problem: string | null) => ({ ...nothing, problem });
  if ("refusal" in guarded) return refused(guarded.sentence);
  if (order !== null && "problem" in order) return refused(order.problem);
  const guard = deps.guardOf(guarded.guard);
  if (guard === undefined) return refused(missingGuardText(guarded.guard));
  if (order === null) return refused(null);
  if (!guard.actions.includes(order.action))
    return refused(
      `the guard ${guard.name} (${guard.type}) cannot ${order.action}: it can ${guard.actions.join(", ")}`,
    );
  const other = await readOtherIncident(deps, incident.incidentId, keyId, order.action);
  if (other !== null)
    return refused(`the key is contained so by another incident, ${other}: act there, or undo it there first`);
  const step = requestContainment(incident, containments, version, order, person, at);
  if ("refusal" in step) return refused(step.sentence);
  const call = step.containment!.call!;
  const desired = desiredState([...activeCalls(containments, call), call]);
  const problem = guard.problemOf({ call, desired });
  if (problem !== null) return refused(`the guard ${guard.name} (${guard.type}) cannot be asked this: ${problem}`);
  const hitsOwner = order.action === "freeze" || hits.deniedKnown > 0 || hits.knownBefore > 0 || hits.isFirstUse;
  return {
    sentences,
    inForce,
    ending,
    requests: guard.show({ call, desired }).map(showRequest),
    step,
    problem: null,
    hitsOwner,
  };
}

/** Calls of one action that hold for an incident. */
export function activeCalls(
  containments: readonly Containment[],
  { action }: Pick<ContainmentCall, "action">,
): readonly ContainmentCall[] {
  return containments.filter((one) => isActive(one) && one.apply.action === action).map(({ apply }) => apply);
}

/** Another incident of a key for which the same action is in force; null where there is none: two would undo each other's. */
async function readOtherIncident(
  { store }: ContainDeps,
  incidentId: string,
  keyId: string,
  action: ContainmentAction,
): Promise<string | null> {
  const listed = new Set((await store.contain.readListedContainments()).map((one) => one.incidentId));
  listed.delete(incidentId);
  if (listed.size === 0) return null;
  for (const { transitions } of await store.incident.readIncidentRows(0, [...listed])) {
    const its = foldContainments(transitions).some(
      (one) => isActive(one) && one.apply.keyId === keyId && one.apply.action === action,
    );
    if (its) return transitions[0]?.incidentId ?? null;
  }
  return null;
}

function hitsOf(traffic: KeyTraffic, { blamed }: ContainedKey, asked: ContainmentOrder | null) {
  const blocks = (asked?.networks ?? []).flatMap((network) => parsePrefix(network) ?? []);
  const isUnknown = isUnknownTo(blamed);
  const hit = traffic.sources.filter(({ address }) => isIn(address, blocks));
  const sum = (sources: typeof hit) => sources.reduce((total, { requests }) => total + requests, 0);
  return { denied: sum(hit), deniedKnown: sum(hit.filter((source) => !isUnknown(source))) };
}
