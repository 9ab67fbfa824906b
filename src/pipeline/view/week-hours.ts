import type { Subject } from "../../model/subject.js";
import type { Store } from "../../store/store.js";
import { addDays, dayOf, dayStart, HOUR_MS } from "../../time/day.js";
import { sumWeek, type WeekHours } from "./sum-week.js";

const WEEKS_DAYS = 28;

/** Reads how a subject was used by the hour of the week, in the four weeks before an onset and in the last week since it, up to an instant (epoch ms). */
export async function readWeekHours(
  store: Pick<Store, "view" | "registry">,
  { keyId, observedBy }: Subject,
  onset: number,
  now: number,
): Promise<WeekHours> {
  const from = dayStart(addDays(dayOf(onset), -WEEKS_DAYS));
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const series = await store.view.readKeyHours(keyIds, { from, to: now });
  const own = series.find((one) => one.observedBy === observedBy);
  return sumWeek(own?.at.map((at, i) => [from + at * HOUR_MS, own.requests[i]!] as const) ?? [], onset, now);
}
