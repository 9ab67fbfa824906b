import { forecastsOfHour, marksOfHour } from "../../../baseline/hour-forecast.js";
import { HourForecasts } from "../../../model/finding/hour-forecast.js";
import type { LearnedDay } from "../../../store/learn/learned-days.js";
import type { Store } from "../../../store/store.js";
import type { CheckCache } from "./check-cache.js";
import { ownForecasts, type OwnForecasts } from "./expected-of-keys.js";

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
): Promise<OwnForecasts> {
  if (learned === null) return NO_FORECASTS;
  const { day, learnedAt } = learned;
  const stamp = `${day}/${learnedAt}/${spokenFrom} ${shares === null ? "" : shares.join()}`;
  return deps.memory.hourForecasts.recall(String(hour), { stamp, keep: true }, async () =>
    ownForecasts(await readForecasts(deps, hour, spokenFrom, learned, shares)),
  );
}

const NO_FORECASTS = ownForecasts(new HourForecasts(0, 0));

async function readForecasts(
  { store, memory }: Deps,
  hour: number,
  spokenFrom: number,
  { day, learnedAt }: LearnedDay,
  shares: Float64Array | null,
): Promise<HourForecasts> {
  const marks = marksOfHour(hour, spokenFrom);
  if (!memory.isWithinReach(hour)) return store.check.readHourForecasts(day, learnedAt, marks, shares);
  const whole = await memory.dayForecasts.recall("", { stamp: `${day}/${learnedAt}`, keep: true }, async () =>
    store.check.readDayForecasts(day, learnedAt),
  );
  return forecastsOfHour(whole, marks, shares);
}
