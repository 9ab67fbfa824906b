import { blastSentences, NOW_MS } from "../../contain/blast-radius.js";
import { desiredState } from "../../contain/desired-state.js";
import { foldContainments, isActive, type Containment } from "../../contain/fold-containments.js";
import { guardedKey, requestContainment, type ContainmentOrder } from "../../contain/request-containment.js";
import { endingText, inForceText } from "../../contain/standing-text.js";
import { isIn, isUnknownTo, splitSources } from "../../contain/split-sources.js";
import { unknownNetworks } from "../../contain/unknown-networks.js";
import { showRequest } from "../../guard/show-request.js";
import type { KeyTraffic } from "../../model/finding/key-traffic.js";
import type { ContainmentAction, ContainmentCall } from "../../model/incident/containment.js";
import type { IncidentTransition, PersonsWord } from "../../model/incident/incident.js";
import { versionIn } from "../../model/key/key.js";
import { parsePrefix } from "../../model/network/address.js";
import { blockText } from "../../model/network/address-cover.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import { DAY_MS } from "../../time/day.js";
import type { KnownIncident } from "../incident/read-incidents.js";
import { missingGuardText, type ContainDeps } from "./contain-deps.js";
import { readContainedKey, type ContainedKey } from "./contained-key.js";

/** The usual rate is that of four weeks before it began: each hour of the week four times. */
const USUAL_DAYS = 28;

/** What somebody wants done; null: what is usual for it. */
export interface ContainmentWish {
  readonly action: ContainmentAction;
  readonly networks: readonly string[] | null;
  readonly limitPerMinute: number | null;
  readonly until: number;
}

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

/** Looks at what a wish would come to at an instant (epoch ms), and asks nothing of any guard. Without a wish: who uses the key now. */
export async function prepareContainment(
  deps: ContainDeps,
  { incident, transitions }: KnownIncident,
  wish: ContainmentWish | null,
  person: PersonsWord,
  at: number,
): Promise<PreparedContainment> {
  const { store } = deps;
  const containments = foldContainments(transitions);
  const calls = await store.contain.readCalls([incident.incidentId]);
  const inForce = containments.filter(isActive).map((one) => inForceText(one, calls));
  const ending = containments.flatMap((one) => endingText(one, calls) ?? []);
  const version = versionIn(await store.registry.readKeys(at, await store.readClock()), incident.keyId);
  const guarded = guardedKey(incident, version);
  const keyId = incident.keyId;
  if (keyId === null || incident.keys.length > 1) {
    const problem = "refusal" in guarded ? guarded.sentence : null;
    return { inForce, ending, sentences: [], requests: [], step: null, problem, hitsOwner: false };
  }
  const key = await readContainedKey(store, incident, keyId, at);
  const traffic = await store.contain.readKeyTraffic(key.watched, at - NOW_MS, at);
  const order = wish === null ? null : await orderOf(deps, key, wish, at);
  const asked = order === null || "problem" in order ? null : order;
  const hits = { ...hitsOf(traffic, key, asked), knownBefore: await knownBefore(deps, key, asked), busiestMinute: 0 };
  if (asked?.action === "throttle")
    hits.busiestMinute = (await store.contain.readMinuteRates(key.watched, at - NOW_MS, at)).mostServed;
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
  const hitsOwner = order.action === "freeze" || hits.deniedKnown > 0 || hits.knownBefore > 0;
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

async function orderOf(
  { store }: ContainDeps,
  { watched, blamed }: ContainedKey,
  { action, networks, limitPerMinute, until }: ContainmentWish,
  at: number,
): Promise<ContainmentOrder | { readonly problem: string }> {
  const nothing = { action, networks: [], limitPerMinute: null, until };
  if (action === "freeze") return nothing;
  if (action === "throttle") {
    if (limitPerMinute !== null) return { ...nothing, limitPerMinute };
    const { p99, minutes } = await store.contain.readMinuteRates(
      watched,
      blamed.onsetAt - USUAL_DAYS * DAY_MS,
      blamed.onsetAt,
    );
    if (minutes > 0) return { ...nothing, limitPerMinute: Math.max(1, p99) };
    return {
      problem:
        "the key was not used in the four weeks before the incident, so that no rate is usual: give one with --limit",
    };
  }
  if (networks !== null) return { ...nothing, networks: asGuardsReadThem(networks) };
  const since = await store.contain.readKeyTraffic(watched, blamed.onsetAt, at);
  const known = await store.contain.readKnownWithin(watched, blamed.networks ?? [], blamed.onsetAt);
  const found = unknownNetworks(blamed, since, known);
  return "problem" in found ? found : { ...nothing, networks: found.networks };
}

/** Blocks as Plimsoll reads them: a guard may take `::ffff:198.51.100.4` for an address that nobody comes from, and refuse host bits. */
function asGuardsReadThem(networks: readonly string[]): readonly string[] {
  const blocks = networks.flatMap((network) => parsePrefix(network) ?? []);
  return [...new Set(blocks.map((block) => blockText(printPrefix(block))))].toSorted();
}

/** At how many of the addresses that are to be denied the key was served before a leak began: the owner may be quiet just now. */
async function knownBefore(
  { store }: ContainDeps,
  { watched, blamed }: ContainedKey,
  asked: ContainmentOrder | null,
): Promise<number> {
  if (blamed.cause !== "leak") return 0;
  return (await store.contain.readKnownWithin(watched, asked?.networks ?? [], blamed.onsetAt)).length;
}

function hitsOf(traffic: KeyTraffic, { blamed }: ContainedKey, asked: ContainmentOrder | null) {
  const blocks = (asked?.networks ?? []).flatMap((network) => parsePrefix(network) ?? []);
  const isUnknown = isUnknownTo(blamed);
  const hit = traffic.sources.filter(({ address }) => isIn(address, blocks));
  const sum = (sources: typeof hit) => sources.reduce((total, { requests }) => total + requests, 0);
  return { denied: sum(hit), deniedKnown: sum(hit.filter((source) => !isUnknown(source))) };
}
