import type { FleetKey } from "../../store/view/fleet.js";
import type { ViewStore } from "../../store/view/view-store.js";

/** So many are ever asked for. */
export const MOST_DEAREST = 100;
/** So long one reading serves all who look: it goes through a day of all keys, whose order hardly changes in that time. */
const SHARED_MS = 30_000;

type DearestStore = { readonly view: Pick<ViewStore, "readFleetDay"> };

/** Which keys cost most in the 24 hours before an instant (epoch ms), the dearest first. */
export interface DearestKeys {
  readonly at: number;
  readonly keys: readonly FleetKey[];
}

const shared = new WeakMap<DearestStore["view"], { readonly at: number; readonly reading: Promise<DearestKeys> }>();

/** The dearest keys as of an instant (epoch ms), or as somebody read them in the half a minute before it: they say which keys a view lists, and nothing of what it says of them. What lists all keys there are, and what failed, serves nobody else. */
export async function readDearestKeys({ view }: DearestStore, now: number): Promise<DearestKeys> {
  const known = shared.get(view);
  if (known !== undefined && known.at <= now && now - known.at < SHARED_MS) return known.reading;
  const reading = view.readFleetDay(now, MOST_DEAREST).then((keys) => ({ at: now, keys }));
  const own = { at: now, reading };
  shared.set(view, own);
  const forget = () => shared.get(view) === own && shared.delete(view);
  reading.then(({ keys }) => keys.length < MOST_DEAREST && forget(), forget);
  return reading;
}
