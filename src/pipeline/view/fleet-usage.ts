import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { FleetHours, FleetKey } from "../../store/view/fleet.js";
import type { ViewStore } from "../../store/view/view-store.js";

const HOURS = 24;

/** A key's last 24 hours, whatever it was called in them, as one kind of observer saw them. */
export interface DayUsage extends FleetKey {
  /** Requests of each of the last 24 hours, the one that has begun at the end. */
  readonly hours: readonly number[];
}

/** The same with the requests of its busiest minute. */
export interface FleetUsage extends DayUsage {
  readonly busiestMinute: number;
}

/** What some keys did in the 24 hours before an instant (epoch ms), by their present ids, the dearest first. */
export async function readFleetUsage(
  store: { readonly view: Pick<ViewStore, "readBusyHours"> },
  keyIds: readonly string[],
  formerIds: FormerIds,
  now: number,
): Promise<FleetUsage[]> {
  const found = await store.view.readBusyHours(now, withFormerIds(formerIds, keyIds));
  const nameOf = namesBy(formerIds);
  const busiest = new Map<string, number>();
  for (const one of found) busiest.set(nameOf(one), Math.max(busiest.get(nameOf(one)) ?? 0, one.busiestMinute));
  return sumUp(found, formerIds).map((day) => Object.assign(day, { busiestMinute: busiest.get(nameOf(day)) ?? 0 }));
}

/** The same by hours alone: minutes are many more rows. */
export async function readDayUsage(
  store: { readonly view: Pick<ViewStore, "readFleetHours"> },
  keyIds: readonly string[],
  formerIds: FormerIds,
  now: number,
): Promise<DayUsage[]> {
  return sumUp(await store.view.readFleetHours(now, withFormerIds(formerIds, keyIds)), formerIds);
}

function sumUp(found: readonly FleetHours[], formerIds: FormerIds): DayUsage[] {
  const presentId = presentIds(formerIds);
  const nameOf = namesBy(formerIds);
  const usages = new Map<string, DayUsage & { readonly hours: number[] }>();
  for (const day of found) {
    const name = nameOf(day);
    const before = usages.get(name);
    const hours = before?.hours ?? Array.from({ length: HOURS }, () => 0);
    // The first hour is over for the most part.
    for (const [i, at] of day.at.entries()) if (at > 0) hours[at - 1] = (hours[at - 1] ?? 0) + day.requests[i]!;
    usages.set(name, {
      keyId: presentId(day.keyId),
      observedBy: day.observedBy,
      requests: (before?.requests ?? 0) + day.requests.reduce((a, b) => a + b, 0),
      spendMicros: (before?.spendMicros ?? 0) + day.spendMicros,
      throttled: (before?.throttled ?? 0) + day.throttled,
      hours,
    });
  }
  return [...usages.values()].toSorted((a, b) => b.spendMicros - a.spendMicros || b.requests - a.requests);
}

function namesBy(formerIds: FormerIds): (one: Pick<FleetKey, "keyId" | "observedBy">) => string {
  const presentId = presentIds(formerIds);
  return ({ keyId, observedBy }) => `${observedBy} ${presentId(keyId)}`;
}
