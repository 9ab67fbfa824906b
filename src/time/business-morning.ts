import { DateTime } from "luxon";

const OPENS_AT_HOUR = 9;

/** The next 09:00 UTC from Monday to Friday after an instant, both epoch ms: until then only on-call looks. */
export function nextBusinessMorning(at: number): number {
  let morning = DateTime.fromMillis(at, { zone: "utc" }).set({
    hour: OPENS_AT_HOUR,
    minute: 0,
    second: 0,
    millisecond: 0,
  });
  while (morning.toMillis() <= at || morning.weekday > 5) morning = morning.plus({ days: 1 });
  return morning.toMillis();
}

/** An instant as `Mon 9 March 09:00 UTC`. */
export function morningText(at: number): string {
  return DateTime.fromMillis(at, { zone: "utc", locale: "en-GB" }).toFormat("ccc d LLLL HH:mm 'UTC'");
}
