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

/** What goes on in the fleet, by the present ids of its keys. */
export interface FleetRisks {
  readonly formerIds: FormerIds;
  readonly incidents: readonly Incident[];
  /** Ids of those that are over and go on. */
  readonly goOn: ReadonlySet<string>;
  /** Keys with an incident that is open or goes on: how many are open, and what is at risk (millionths of a dollar; null: nobody says). */
  readonly suspects: ReadonlyMap<string, { readonly open: number; readonly atRiskMicros: number | null }>;
}

/** What is known of the fleet before anything is asked about its keys. */
export interface FleetFacts {
  readonly risks: FleetRisks;
  readonly registry: ReadonlyMap<string, KeyVersion>;
  /** Those that cost most in the last 24 hours. */
  readonly dearest: readonly FleetKey[];
}

/** Reads which of some incidents go on at an instant (epoch ms), of which keys, and what these put at risk: what keys did is asked meanwhile. */
export async function readFleetRisks(
  store: Store,
  known: readonly Incident[],
  formerIds: FormerIds,
  now: number,
): Promise<FleetRisks> {
  const goOn = await readGoingOn(store, known, now);
  const presentId = presentIds(formerIds);
  const incidents = known.map((one) => ({
    ...one,
    keyId: one.keyId === null ? null : presentId(one.keyId),
    keys: one.keys.map(presentId),
  }));
  const open = incidents.filter((incident) => incident.open || goOn.has(incident.incidentId));
  const openOf = groupBy(
    open.flatMap((incident) => keysOfIncident(incident).map((keyId) => ({ keyId, incident }))),
    ({ keyId }) => keyId,
  );
  const since = Math.min(now, ...open.map(({ openedAt }) => openedAt));
  const found = await store.view.readAtRisk(withFormerIds(formerIds, [...openOf.keys()]), since);
  const foundOf = groupBy(found, (one) => presentId(one.keyId));
  const suspects = new Map(
    [...openOf].map(([keyId, named]) => {
      const ofKey = named.map(({ incident }) => incident);
      const count = ofKey.filter((incident) => incident.open).length;
      return [keyId, { open: count, atRiskMicros: riskOf(ofKey, foundOf.get(keyId) ?? []) }];
    }),
  );
  return { formerIds, incidents, goOn, suspects };
}

/** The keys at most risk, then the dearest ones of the last 24 hours, and at most 50 others with an incident that goes on. */
export async function readFleet(
  store: Store,
  { risks: { formerIds, incidents, goOn, suspects }, registry, dearest }: FleetFacts,
  now: number,
): Promise<FleetRow[]> {
  const presentId = presentIds(formerIds);
  const riskRank = (keyId: string) => suspects.get(keyId)?.atRiskMicros ?? -1;
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
    incidents: suspects.get(usage.keyId)?.open ?? 0,
    atRiskMicros: suspects.get(usage.keyId)?.atRiskMicros ?? null,
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
