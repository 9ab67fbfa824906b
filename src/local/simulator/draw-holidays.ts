import type { Disturbance, Span } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { Random } from "./random.js";

const DAY = 1440;
/** Share of working days that are a holiday: ten or eleven a year. */
const HOLIDAYS = 0.04;
/** The epoch began on a Thursday: days 2 and 3 of it were a weekend. */
const isWeekend = (day: number) => (day + 3) % 7 >= 5;

/** The holidays of the key's people: the same days for everybody in their time zone. */
export function drawHolidays(seed: number, { shape }: KeyProfile, span: Span, random: Random): Disturbance[] {
  if (!("utcOffsetMinutes" in shape)) return [];
  const calendar = new Random(seed, `holidays/${shape.utcOffsetMinutes}`);
  const first = Math.ceil((span.from + shape.utcOffsetMinutes) / DAY);
  const last = Math.floor((span.to + shape.utcOffsetMinutes) / DAY);
  const holidays: Disturbance[] = [];
  for (let day = first; day < last; day++) {
    if (!calendar.chance(HOLIDAYS) || isWeekend(day)) continue;
    const load = shape.kind === "evening" ? random.between(1, 1.35) : random.between(0.15, 0.5);
    const from = day * DAY - shape.utcOffsetMinutes;
    holidays.push({ kind: "holiday", from, to: from + DAY, load });
  }
  return holidays;
}
