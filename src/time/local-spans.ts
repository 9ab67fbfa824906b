import { DateTime } from "luxon";
import { WEEKDAYS, type Weekday } from "../model/rule.js";

/** A half-open span of instants, epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A span of local time of day, as far as it has gone by. */
export interface LocalSpan extends Span {
  /** Day of the week on which it began, in local time. */
  readonly weekday: Weekday;
}

/** Begin (epoch ms) of the calendar's hour, day or month, in a time zone, that ends at `until` or goes on after it. */
export function calendarStart(until: number, per: "hour" | "day" | "month", zone: string): number {
  // Luxon takes the begin of an hour by the local clock, which is right also where zones are half hours off.
  return DateTime.fromMillis(until - 1, { zone })
    .startOf(per)
    .toMillis();
}

/** The span `HH:MM-HH:MM` of local time that `until` (epoch ms) lies in or ends, from its begin to `until`; null outside of it. */
export function localSpan(until: number, between: string, zone: string): LocalSpan | null {
  const [first = "", last = ""] = between.split("-");
  const today = DateTime.fromMillis(until - 1, { zone }).startOf("day");
  for (const day of [today, today.minus({ days: 1 })]) {
    const from = atClock(day, first);
    const to = atClock(last <= first ? day.plus({ days: 1 }) : day, last);
    if (until > from && until <= to) return { from, to: until, weekday: WEEKDAYS[day.weekday - 1]! };
  }
  return null;
}

/**
 * A span moved back by so many weeks by the local clock and calendar: Monday 02:30 stays Monday 02:30 also where the clock was
 * changed in between, so that the two may differ in length by that hour.
 */
export function weeksBefore(span: Span, weeks: number, zone: string): Span {
  const back = (at: number) => DateTime.fromMillis(at, { zone }).minus({ weeks }).toMillis();
  return { from: back(span.from), to: back(span.to) };
}

/** An instant as `02:30 Europe/Berlin`. */
export function clockText(at: number, zone: string): string {
  return `${DateTime.fromMillis(at, { zone }).toFormat("HH:mm")} ${zone}`;
}

/** An instant as `2026-03-08 02:30 Europe/Berlin`. */
export function dateText(at: number, zone: string): string {
  return `${DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd HH:mm")} ${zone}`;
}

function atClock(day: DateTime, clock: string): number {
  if (clock === "24:00") return day.plus({ days: 1 }).toMillis();
  return day.set({ hour: Number(clock.slice(0, 2)), minute: Number(clock.slice(3)) }).toMillis();
}
