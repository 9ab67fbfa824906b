import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { FleetKey } from "../../store/view/fleet.js";
import type { ViewStore } from "../../store/view/view-store.js";

const HOURS = 24;

/** A key's last 24 hours, whatever it was called in them, as one kind of observer saw them. */
export interface FleetUsage extends FleetKey {
  /** Requests of each of the last 24 hours, the one that has begun at the end. */
  readonly hours: readonly number[];
  /** Requests in the busiest minute of the last 24 hours. */
  readonly busiestMinute: number;
}

/** What some keys did in the 24 hours before an instant (epoch ms), by their present ids, the dearest first. */
export async function readFleetUsage(
  store: { readonly view: Pick<ViewStore, "readFleetHours" | "readBusiestMinutes"> },
  keyIds: readonly string[],
  formerIds: FormerIds,
  now: number,
): Promise<FleetUsage[]> {
  const ids = withFormerIds(formerIds, keyIds);
  const [days, minutes] = await Promise.all([
    store.view.readFleetHours(now, ids),
    store.view.readBusiestMinutes(now, ids),
  ]);
  const presentId = presentIds(formerIds);
  const nameOf = ({ keyId, observedBy }: Pick<FleetKey, "keyId" | "observedBy">) => `${observedBy} ${presentId(keyId)}`;
  const busiest = new Map<string, number>();
  for (const one of minutes) busiest.set(nameOf(one), Math.max(busiest.get(nameOf(one)) ?? 0, one.busiestMinute));
  const usages = new Map<string, FleetUsage & { readonly hours: number[] }>();
  for (const day of days) {
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
      busiestMinute: busiest.get(name) ?? 0,
    });
  }
  return [...usages.values()].toSorted((a, b) => b.spendMicros - a.spendMicros || b.requests - a.requests);
}
