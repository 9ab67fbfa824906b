import { forecastOfHour, marksOfHour } from "../../../baseline/hour-forecast.js";
import type { HourForecast } from "../../../model/finding/hour-forecast.js";
import { subjectKey } from "../../../model/subject.js";
import type { LearnedDay } from "../../../store/learn/learned-days.js";
import type { Store } from "../../../store/store.js";
import type { CheckCache } from "./check-cache.js";

/** What is needed to read what snapshots say. */
interface Deps {
  readonly store: Store;
  readonly memory: CheckCache;
}

/**
 * What the snapshots of a day say of one hour, by subject: kept in memory, since snapshots never change. Within a reach they are read whole, once for all
 * of its hours.
 * @param spokenFrom epoch ms at which the two days begin that they speak of
 */
export async function readHourForecasts(
  deps: Deps,
  hour: number,
  spokenFrom: number,
  learned: LearnedDay | null,
  shares: Float64Array | null,
): Promise<ReadonlyMap<string, HourForecast>> {
  if (learned === null) return new Map();
  const { day, learnedAt } = learned;
  const stamp = `${day}/${learnedAt}/${spokenFrom} ${shares === null ? "" : shares.join()}`;
  return deps.memory.hourForecasts.recall(String(hour), { stamp, keep: true }, async () => {
    const found = await readForecasts(deps, hour, spokenFrom, learned, shares);
    return new Map(found.map((forecast) => [subjectKey(forecast), forecast]));
  });
}

async function readForecasts(
  { store, memory }: Deps,
  hour: number,
  spokenFrom: number,
  { day, learnedAt }: LearnedDay,
  shares: Float64Array | null,
): Promise<HourForecast[]> {
  const marks = marksOfHour(hour, spokenFrom);
  if (!memory.isWithinReach(hour)) return store.check.readHourForecasts(day, learnedAt, marks, shares);
  const whole = await memory.dayForecasts.recall("", { stamp: `${day}/${learnedAt}`, keep: true }, async () =>
    store.check.readDayForecasts(day, learnedAt),
  );
  return whole.map((forecast) => forecastOfHour(forecast, marks, shares));
}
