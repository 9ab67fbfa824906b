import { printSubject } from "../../model/finding/finding-subject.js";
import type { KeyState } from "../../model/key/key-state.js";
import type { Incident } from "../../model/incident/incident.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { KeyAtRisk } from "../../store/view/fleet.js";
import type { Store } from "../../store/store.js";
import { keysOfIncident, readGoingOn, readKeyStandings } from "./key-states.js";

/** One key's last 24 hours, as one kind of observer saw them, and what is at risk of it. */
export interface FleetRow {
  readonly keyId: string;
  readonly observedBy: string;
  readonly requests: number;
  readonly spendMicros: number;
  readonly throttled: number;
  /** Requests in the busiest minute of the last 24 hours. */
  readonly busiestMinute: number;
  /** Requests of each of the last 24 hours, the one that has begun at the end. */
  readonly hours: readonly number[];
  readonly state: KeyState;
  /** Open incidents that name the key. */
  readonly incidents: number;
  /** Millionths of a dollar until the next business morning; null while no open incident says. */
  readonly atRiskMicros: number | null;
}

/** Keys of open incidents that are listed whatever they spend. */
const MOST_SUSPECTS = 50;
const HOURS = 24;

/** The keys at most risk, then the dearest ones of the last 24 hours; `most` of these, and at most 50 others with an incident that goes on. */
export async function readFleet(
  store: Store,
  {
    incidents,
    registry,
  }: { readonly incidents: readonly Incident[]; readonly registry: ReadonlyMap<string, KeyVersion> },
  now: number,
  most: number,
): Promise<FleetRow[]> {
  const goOn = await readGoingOn(store, incidents, now);
  const open = incidents.filter((incident) => incident.open || goOn.has(incident.incidentId));
  const suspects = new Map<string, number>();
  for (const incident of open)
    for (const keyId of keysOfIncident(incident))
      suspects.set(keyId, (suspects.get(keyId) ?? 0) + Number(incident.open));
  const since = Math.min(now, ...open.map(({ openedAt }) => openedAt));
  const [dearest, found] = await Promise.all([
    store.view.readFleetDay(now, most),
    store.view.readAtRisk([...suspects.keys()], since),
  ]);
  const atRisk = new Map([...suspects.keys()].map((keyId) => [keyId, riskOf(keyId, open, found)]));
  const riskRank = (keyId: string) => atRisk.get(keyId) ?? -1;
  const listed = new Set(dearest.map(({ keyId }) => keyId));
  const unlisted = [...suspects.keys()]
    .filter((keyId) => !listed.has(keyId))
    .toSorted((a, b) => riskRank(b) - riskRank(a))
    .slice(0, MOST_SUSPECTS);
  const shown = [...listed, ...unlisted];
  const [days, minutes, standings] = await Promise.all([
    store.view.readFleetHours(now, shown),
    store.view.readBusiestMinutes(now, shown),
    readKeyStandings(store, shown, { incidents, goOn }, registry, now),
  ]);
  const nameOf = (one: { readonly keyId: string; readonly observedBy: string }) => `${one.observedBy} ${one.keyId}`;
  const busiest = new Map(minutes.map((one) => [nameOf(one), one.busiestMinute]));
  const dayOf = new Map(days.map((day) => [nameOf(day), day]));
  const others = days
    .filter(({ keyId }) => !listed.has(keyId))
    .map((day) => ({
      keyId: day.keyId,
      observedBy: day.observedBy,
      requests: day.requests.reduce((a, b) => a + b, 0),
      spendMicros: day.spendMicros,
      throttled: day.throttled,
    }));
  const rows = [...dearest, ...others].map((row): FleetRow => {
    const { keyId, observedBy, requests, spendMicros, throttled } = row;
    const hours = Array.from({ length: HOURS }, () => 0);
    const day = dayOf.get(nameOf(row));
    for (const [i, at] of (day?.at ?? []).entries()) hours[at - 1] = day!.requests[i]!;
    return {
      keyId,
      observedBy,
      requests,
      spendMicros,
      throttled,
      busiestMinute: busiest.get(nameOf(row)) ?? 0,
      hours,
      state: standings.get(keyId)?.state ?? "no_baseline",
      incidents: suspects.get(keyId) ?? 0,
      atRiskMicros: atRisk.get(keyId) ?? null,
    };
  });
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
function riskOf(keyId: string, open: readonly Incident[], found: readonly KeyAtRisk[]): number | null {
  const ofKey = open.filter((incident) => keysOfIncident(incident).includes(keyId));
  const said = found
    .filter((one) => one.keyId === keyId)
    .filter((one) => ofKey.some(({ cause, subject }) => cause === one.cause && printSubject(subject) === one.subject))
    .flatMap(({ micros }) => micros ?? []);
  return said.length === 0 ? null : Math.max(...said);
}
