import { isFoundAfterEnd, keyStandingOf } from "../../detect/key-state.js";
import { goesOnSince } from "../../incident/weigh-evidence.js";
import type { Incident } from "../../model/incident/incident.js";
import type { KeyStanding } from "../../model/key/key-state.js";
import type { KeyVersion } from "../../model/key/key.js";
import { withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";
import { findingName } from "../../store/check/findings.js";
import type { CheckStore } from "../../store/check/check-store.js";
import { DAY_MS, dayOf, HOUR_MS } from "../../time/day.js";
import { readKnownIncidents } from "../incident/read-incidents.js";

/** Who ended an incident longer ago than this has dealt with it. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** So many keys are looked for by name among all incidents. */
const MOST_NAMED = 500;

type StateStore = Pick<Store, "readClock"> & {
  readonly registry: Pick<RegistryStore, "readFormerIds">;
  readonly learn: Pick<LearnStore, "readNewestLearnedDay" | "readTrustOfKeys">;
  readonly check: Pick<CheckStore, "readNewestFindings">;
};

/** Keys that an incident names. */
export const keysOfIncident = ({ keyId, keys }: Incident): string[] =>
  [...new Set([keyId, ...keys])].filter((one) => one !== null);

/** Ids of incidents that a person resolved, though not as benign, and that the traffic after that still shows; as of an instant (epoch ms). */
export async function readGoingOn(
  store: { readonly check: Pick<CheckStore, "readNewestFindings"> },
  incidents: readonly Incident[],
  now: number,
): Promise<ReadonlySet<string>> {
  // What was not found for an hour is no longer going on.
  const since = now - HOUR_MS;
  const ended = incidents.filter((one) => isFoundAfterEnd(one) && one.lastFindingAt >= since);
  const found = new Map(
    (await store.check.readNewestFindings(ended.map(findingName), since)).map((one) => [one.name, one]),
  );
  const goOn = ended.filter((one) => {
    const newest = found.get(findingName(one));
    return newest !== undefined && goesOnSince(newest, one.changedAt, now);
  });
  return new Set(goOn.map(({ incidentId }) => incidentId));
}

/** How some keys stand at an instant (epoch ms), where nobody has read their incidents yet; with the ids that they had before, where these are known. */
export async function readStandings(
  store: StateStore & { readonly incident: Pick<IncidentStore, "readIncidentRows"> },
  keyIds: readonly string[],
  registry: ReadonlyMap<string, KeyVersion>,
  now: number,
  known?: FormerIds,
): Promise<ReadonlyMap<string, KeyStanding>> {
  if (keyIds.length === 0) return new Map();
  // Of many keys nearly all are asked for.
  const formerIds = known ?? (await readFormerIdsOf(store, keyIds));
  const asked = keyIds.length > MOST_NAMED ? [] : withFormerIds(formerIds, keyIds);
  const readRisks = async () => {
    const incidents = (await readKnownIncidents(store, now - LOOK_BACK_MS, asked)).map(({ incident }) => incident);
    return { incidents, goOn: await readGoingOn(store, incidents, now) };
  };
  return readKeyStandings(store, keyIds, readRisks(), registry, now, formerIds);
}

/** Former ids of some keys, of which many are not named: those of all are read faster. */
export async function readFormerIdsOf(
  store: Pick<StateStore, "registry">,
  keyIds: readonly string[],
): Promise<FormerIds> {
  return store.registry.readFormerIds(keyIds.length > MOST_NAMED ? "all" : keyIds);
}

/** Incidents of a day or more, and ids of those that are over and go on. */
interface KnownRisks {
  readonly incidents: readonly Incident[];
  readonly goOn: ReadonlySet<string>;
}

/** How some keys stand at an instant (epoch ms), by incidents, which may be read meanwhile, the registry and the newest baselines. */
export async function readKeyStandings(
  store: StateStore,
  keyIds: readonly string[],
  risks: KnownRisks | Promise<KnownRisks>,
  registry: ReadonlyMap<string, KeyVersion>,
  now: number,
  known?: FormerIds,
): Promise<ReadonlyMap<string, KeyStanding>> {
  const lineages = lineagesOf(registry);
  const readTrust = async () => {
    const visible = await store.readClock();
    const learned = await store.learn.readNewestLearnedDay(dayOf(now), visible);
    return learned === null ? [] : store.learn.readTrustOfKeys(learned.day, visible, withElders(lineages, keyIds));
  };
  const [{ incidents, goOn }, formerIds, trust] = await Promise.all([
    risks,
    known ?? readFormerIdsOf(store, keyIds),
    readTrust(),
  ]);
  const trustOf = new Map(trust.map((one) => [one.keyId, one]));
  const named = new Map<string, Incident[]>();
  for (const incident of incidents)
    for (const keyId of keysOfIncident(incident)) {
      const own = named.get(keyId);
      if (own === undefined) named.set(keyId, [incident]);
      else own.push(incident);
    }
  const standingOf = (keyId: string): KeyStanding => {
    // A key that succeeds another one begins with what that one usually does, and with what is held against it.
    const own = withElders(lineages, [keyId]).flatMap((id) => trustOf.get(id) ?? []);
    const baseline =
      own[0] === undefined
        ? null
        : { bornAt: Math.min(...own.map(({ bornAt }) => bornAt)), suspectUntil: own[0].suspectUntil };
    const about = [keyId, ...(formerIds.get(keyId) ?? [])].flatMap((id) => named.get(id) ?? []);
    return keyStandingOf({ incidents: about, goOn, baseline }, now);
  };
  // Of most keys of a large fleet nothing is held against them, and of many nothing is known: all of these stand alike.
  const unknown = keyStandingOf({ incidents: [], goOn, baseline: null }, now);
  const isUnknown = (keyId: string) =>
    !trustOf.has(keyId) && !named.has(keyId) && !formerIds.has(keyId) && !lineages.has(keyId);
  const standings = new Map<string, KeyStanding>();
  for (const keyId of keyIds) standings.set(keyId, isUnknown(keyId) ? unknown : standingOf(keyId));
  return standings;
}
