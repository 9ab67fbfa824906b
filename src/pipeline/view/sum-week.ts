import { DAY_MS, HOUR_MS } from "../../time/day.js";

const WEEK_HOURS = 168;

/** Requests in each hour of the week, Monday 00:00 UTC first. */
export interface WeekHours {
  /** The mean of the four weeks before the onset; null for an hour of which there is none. */
  readonly usual: readonly (number | null)[];
  /** Since the onset; null for an hour that was not yet. */
  readonly since: readonly (number | null)[];
  /** The hour of the week in which it began. */
  readonly onset: number;
}

/** Place of an instant in its week: Monday 00:00 UTC is 0. */
const hourOfWeek = (at: number): number => {
  const hours = Math.floor(at / HOUR_MS);
  // The epoch began on a Thursday.
  return (((hours + 72) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS;
};

/** Sums hours, of which each is the instant of its beginning (epoch ms) and its requests, by the hour of the week around an onset, up to an instant (epoch ms). */
export function sumWeek(hours: readonly (readonly [number, number])[], onset: number, now: number): WeekHours {
  const onsetHour = Math.floor(onset / HOUR_MS) * HOUR_MS;
  const usual = Array.from({ length: WEEK_HOURS }, () => 0);
  const since = Array.from({ length: WEEK_HOURS }, (): number | null => null);
  const first = Math.min(...hours.map(([at]) => at));
  for (let at = Math.max(onsetHour, now - 7 * DAY_MS); at < now; at += HOUR_MS) since[hourOfWeek(at)] = 0;
  for (const [at, requests] of hours) {
    const place = hourOfWeek(at);
    if (at < onsetHour) usual[place]! += requests;
    else if (at > now - 7 * DAY_MS) since[place] = (since[place] ?? 0) + requests;
  }
  // A key that is younger than four weeks has its mean over what there was of it.
  const weeksOf = (place: number) => {
    let weeks = 0;
    for (let at = onsetHour - HOUR_MS; at >= first; at -= HOUR_MS) if (hourOfWeek(at) === place) weeks += 1;
    return weeks;
  };
  const counts = usual.map((_, place) => weeksOf(place));
  return {
    usual: usual.map((sum, place) => (counts[place] === 0 ? null : sum / counts[place]!)),
    since,
    onset: hourOfWeek(onset),
  };
}
