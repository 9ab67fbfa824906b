import type { KeyAtRisk } from "../store/fleet.js";
import type { Store } from "../store/store.js";
import type { Incident } from "../model/incident.js";
import { HOUR_MS, MINUTE_MS } from "../time/day.js";

/** One key's last 24 hours, as one kind of observer saw them, and what is at risk of it. */
export interface FleetRow {
  readonly keyId: string;
  readonly observedBy: string;
  readonly requests: number;
  readonly spendMicros: number;
  readonly throttled: number;
  /** Requests in the busiest minute of the last hour. */
  readonly busiestMinute: number;
  /** Requests of each of the last 24 hours, the one that has begun at the end. */
  readonly hours: readonly number[];
  /** Open incidents that name the key. */
  readonly incidents: number;
  /** Millionths of a dollar until the next business morning; null while no open incident says. */
  readonly atRiskMicros: number | null;
}

/** Keys of open incidents that are listed whatever they spend. */
const MOST_SUSPECTS = 50;
const HOURS = 24;

/** The keys at most risk, then the dearest ones of the last 24 hours; `most` of these, and at most 50 others with an open incident. */
export async function readFleet(
  store: Store,
  incidents: readonly Incident[],
  now: number,
  most: number,
): Promise<FleetRow[]> {
  const open = incidents.filter((incident) => incident.open);
  const suspects = new Map<string, number>();
  for (const keyId of open.flatMap(keysOf)) suspects.set(keyId, (suspects.get(keyId) ?? 0) + 1);
  const since = Math.min(now, ...open.map(({ openedAt }) => openedAt));
  const [dearest, found] = await Promise.all([
    store.readFleetDay(now, most),
    store.readAtRisk([...suspects.keys()], since),
  ]);
  const atRisk = new Map([...suspects.keys()].map((keyId) => [keyId, riskOf(keyId, open, found)]));
  const riskRank = (keyId: string) => atRisk.get(keyId) ?? -1;
  const listed = new Set(dearest.map(({ keyId }) => keyId));
  const unlisted = [...suspects.keys()]
    .filter((keyId) => !listed.has(keyId))
    .toSorted((a, b) => riskRank(b) - riskRank(a))
    .slice(0, MOST_SUSPECTS);
  const [days, busiest] = await Promise.all([
    store.readFleetHours(now, [...listed, ...unlisted]),
    readBusiest(store, unlisted, now),
  ]);
  const nameOf = (one: { readonly keyId: string; readonly observedBy: string }) => `${one.observedBy} ${one.keyId}`;
  const dayOf = new Map(days.map((day) => [nameOf(day), day]));
  const others = days
    .filter(({ keyId }) => !listed.has(keyId))
    .map((day) => ({
      keyId: day.keyId,
      observedBy: day.observedBy,
      requests: day.requests.reduce((a, b) => a + b, 0),
      spendMicros: day.spendMicros,
      throttled: day.throttled,
      busiestMinute: busiest.get(nameOf(day)) ?? 0,
    }));
  const rows = [...dearest, ...others].map((row): FleetRow => {
    const { keyId, observedBy, requests, spendMicros, throttled, busiestMinute } = row;
    const hours = Array.from({ length: HOURS }, () => 0);
    const day = dayOf.get(nameOf(row));
    for (const [i, at] of (day?.at ?? []).entries()) hours[at - 1] = day!.requests[i]!;
    return {
      keyId,
      observedBy,
      requests,
      spendMicros,
      throttled,
      busiestMinute,
      hours,
      incidents: suspects.get(keyId) ?? 0,
      atRiskMicros: atRisk.get(keyId) ?? null,
    };
  });
  return rows.toSorted(
    (a, b) => riskRank(b.keyId) - riskRank(a.keyId) || b.incidents - a.incidents || b.spendMicros - a.spendMicros,
  );
}

const keysOf = ({ keyId, keys }: Incident) => [...new Set([keyId, ...keys])].filter((one) => one !== "");

/** The most that an open incident of a key puts at risk: two that are about the same traffic are not two losses. */
function riskOf(keyId: string, open: readonly Incident[], found: readonly KeyAtRisk[]): number | null {
  const ofKey = open.filter((incident) => keysOf(incident).includes(keyId));
  const said = found
    .filter((one) => one.keyId === keyId)
    .filter((one) => ofKey.some(({ cause, subject }) => cause === one.cause && subject === one.subject))
    .flatMap(({ micros }) => micros ?? []);
  return said.length === 0 ? null : Math.max(...said);
}

/** Requests in the busiest minute of the last hour, by subject. */
async function readBusiest(store: Store, keys: readonly string[], now: number): Promise<Map<string, number>> {
  const quarter = 15 * MINUTE_MS;
  const from = Math.floor((now - HOUR_MS) / quarter) * quarter;
  const until = Math.ceil(now / quarter) * quarter;
  const series = await store.readUsageMinutes({ from, until }, keys, null);
  return new Map(
    series.map(({ keyId, observedBy, at, requests }) => [
      `${observedBy} ${keyId}`,
      Math.max(0, ...requests.filter((_, i) => from + at[i]! * MINUTE_MS > now - HOUR_MS)),
    ]),
  );
}
