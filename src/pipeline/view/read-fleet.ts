import { groupBy } from "../../model/group-by.js";
import { printSubject } from "../../model/finding/finding-subject.js";
import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { KeyState } from "../../model/key/key-state.js";
import type { Incident } from "../../model/incident/incident.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { FleetKey, KeyAtRisk } from "../../store/view/fleet.js";
import type { Store } from "../../store/store.js";
import { readFleetUsage, type FleetUsage } from "./fleet-usage.js";
import { HOUR_MS } from "../../time/day.js";
import { readUnknownShares } from "./unknown-usage.js";
import { keysOfIncident, readGoingOn, readKeyStandings } from "./key-states.js";

/** One key's last 24 hours, as one kind of observer saw them, and what is at risk of it. */
export interface FleetRow extends FleetUsage {
  /** What traffic called it before it was registered: all is counted here. */
  readonly formerIds: readonly string[];
  readonly state: KeyState;
  /** Open incidents that name the key. */
  readonly incidents: number;
  /** Millionths of a dollar until the next business morning; null while no open incident says. */
  readonly atRiskMicros: number | null;
  /** Requests of each of the hours from networks that findings blame on the key; null where they blame none. */
  readonly unknownHours: readonly number[] | null;
}

/** Keys of open incidents that are listed whatever they spend. */
const MOST_SUSPECTS = 50;

/** What is read of the fleet at once, before anything is asked about its keys. */
export interface FleetFacts {
  readonly incidents: readonly Incident[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
  /** Those that cost most in the last 24 hours. */
  readonly dearest: readonly FleetKey[];
  readonly formerIds: FormerIds;
}

/** The keys at most risk, then the dearest ones of the last 24 hours, and at most 50 others with an incident that goes on. */
export async function readFleet(
  store: Store,
  { incidents: known, registry, dearest, formerIds }: FleetFacts,
  now: number,
): Promise<FleetRow[]> {
  const goOn = await readGoingOn(store, known, now);
  const presentId = presentIds(formerIds);
  const incidents = known.map((one) => ({
    ...one,
    keyId: one.keyId === null ? null : presentId(one.keyId),
    keys: one.keys.map(presentId),
  }));
  const open = incidents.filter((incident) => incident.open || goOn.has(incident.incidentId));
  const suspects = new Map<string, number>();
  for (const incident of open)
    for (const keyId of keysOfIncident(incident))
      suspects.set(keyId, (suspects.get(keyId) ?? 0) + Number(incident.open));
  const since = Math.min(now, ...open.map(({ openedAt }) => openedAt));
  const found = await store.view.readAtRisk(withFormerIds(formerIds, [...suspects.keys()]), since);
  const foundOf = groupBy(found, (one) => presentId(one.keyId));
  const openOf = groupBy(
    open.flatMap((incident) => keysOfIncident(incident).map((keyId) => ({ keyId, incident }))),
    ({ keyId }) => keyId,
  );
  const atRisk = new Map(
    [...suspects.keys()].map((keyId) => {
      const ofKey = (openOf.get(keyId) ?? []).map(({ incident }) => incident);
      return [keyId, riskOf(ofKey, foundOf.get(keyId) ?? [])];
    }),
  );
  const riskRank = (keyId: string) => atRisk.get(keyId) ?? -1;
  const listed = new Set(dearest.map(({ keyId }) => presentId(keyId)));
  const unlisted = [...suspects.keys()]
    .filter((keyId) => !listed.has(keyId))
    .toSorted((a, b) => riskRank(b) - riskRank(a))
    .slice(0, MOST_SUSPECTS);
  const shown = [...listed, ...unlisted];
  const thisHour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const [usages, unknown, standings] = await Promise.all([
    readFleetUsage(store, shown, formerIds, now),
    readUnknownShares(store, shown, formerIds, { from: thisHour - 23 * HOUR_MS, to: thisHour + HOUR_MS }, incidents),
    readKeyStandings(store, shown, { incidents, goOn }, registry, now, formerIds),
  ]);
  const toRow = (usage: FleetUsage): FleetRow => ({
    ...usage,
    formerIds: formerIds.get(usage.keyId) ?? [],
    state: standings.get(usage.keyId)?.state ?? "no_baseline",
    incidents: suspects.get(usage.keyId) ?? 0,
    atRiskMicros: atRisk.get(usage.keyId) ?? null,
    unknownHours:
      unknown.find((one) => one.keyId === usage.keyId && one.observedBy === usage.observedBy)?.hours ?? null,
  });
  const rows = usages.map(toRow);
  const stateRank = ({ state }: FleetRow) => Number(state === "incident" || state === "still_leaking");
  return rows.toSorted(
    (a, b) =>
      riskRank(b.keyId) - riskRank(a.keyId) ||
      stateRank(b) - stateRank(a) ||
      b.incidents - a.incidents ||
      b.spendMicros - a.spendMicros,
  );
}

/** The most that an open incident of a key puts at risk: two that are about the same traffic are not two losses. */
function riskOf(ofKey: readonly Incident[], own: readonly KeyAtRisk[]): number | null {
  const said = own
    .filter((one) => ofKey.some(({ cause, subject }) => cause === one.cause && printSubject(subject) === one.subject))
    .flatMap(({ micros }) => micros ?? []);
  return said.length === 0 ? null : Math.max(...said);
}
