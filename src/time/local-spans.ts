import { DateTime } from "luxon";
import { WEEKDAYS, type Weekday } from "../model/key/rule.js";

/** Clocks are changed, and differ, by whole quarters of an hour. */
const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const CLOCK = "HH:mm";

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
  if (per === "hour") return hourStart(until - 1, zone);
  return DateTime.fromMillis(until - 1, { zone })
    .startOf(per)
    .toMillis();
}

/** An hour by the local clock, which is right also where zones are half hours off; where the clock was changed within it, from then on. */
function hourStart(at: number, zone: string): number {
  const offset = offsetAt(at, zone) * 60_000;
  let start = Math.floor((at + offset) / HOUR_MS) * HOUR_MS - offset;
  while (offsetAt(start, zone) * 60_000 !== offset) start += QUARTER_MS;
  return start;
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

/** A part of a span and the same minutes of the local clock some weeks before, as long as these. */
export interface PastPiece extends Span {
  /** Where in the span it begins, epoch ms. */
  readonly at: number;
}

/**
 * The minutes that some weeks before had the same calendar and local clock as those of a span (whole minutes, a day at most): one
 * piece, but where the clock was changed. Minutes that it shows twice have the same ones twice; those that were skipped then have none.
 */
export function weeksBefore(span: Span, weeks: number, zone: string): PastPiece[] {
  const back = (at: number) => DateTime.fromMillis(at, { zone }).minus({ weeks });
  const [first, last] = [back(span.from), back(span.to)];
  const offsets = [first, last].map((end) => end.offset - DateTime.fromMillis(span.to, { zone }).offset);
  const isPlain = offsets[0] === offsets[1] && offsetAt(span.from, zone) === offsetAt(span.to, zone);
  if (isPlain) return [{ at: span.from, from: first.toMillis(), to: last.toMillis() }];
  const pieces: { at: number; from: number; to: number }[] = [];
  for (let at = span.from; at < span.to;) {
    const next = Math.min(span.to, (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS);
    const [past, now] = [back(at), DateTime.fromMillis(at, { zone })];
    if (past.hour === now.hour && past.minute === now.minute) {
      const [from, piece] = [past.toMillis(), pieces.at(-1)];
      if (piece?.to === from && at - piece.at === from - piece.from) piece.to += next - at;
      else pieces.push({ at, from, to: from + next - at });
    }
    at = next;
  }
  return pieces;
}

const offsetAt = (at: number, zone: string) => DateTime.fromMillis(at, { zone }).offset;

/** An instant as `02:30 Europe/Berlin`. */
export function clockText(at: number, zone: string): string {
  return `${DateTime.fromMillis(at, { zone }).toFormat(CLOCK)} ${zone}`;
}

/** An instant as `2026-03-08 02:30 Europe/Berlin`. */
export function dateText(at: number, zone: string): string {
  return `${DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd HH:mm")} ${zone}`;
}

function atClock(day: DateTime, clock: string): number {
  if (clock === "24:00") return day.plus({ days: 1 }).toMillis();
  return day.set({ hour: Number(clock.slice(0, 2)), minute: Number(clock.slice(3)) }).toMillis();
}
