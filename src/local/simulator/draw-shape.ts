import type { Random } from "./random.js";
import type { DayShape, ShapeKind } from "./rate-shape.js";

/** Where the people are, in minutes ahead of UTC; no summer time. */
const TIME_ZONES = [-480, -420, -360, -300, -180, 0, 60, 120, 330, 540] as const;

/** A day of the given kind with its hours drawn. */
export function drawShape(kind: ShapeKind, random: Random): DayShape {
  const startMinute = random.below(96) * 15;
  switch (kind) {
    case "business":
    case "mixed":
      return {
        kind,
        utcOffsetMinutes: random.pick(TIME_ZONES),
        night: random.between(0.03, 0.15),
        weekend: random.between(0.05, 0.3),
      };
    case "evening":
      return {
        kind,
        utcOffsetMinutes: random.pick(TIME_ZONES),
        night: random.between(0.08, 0.2),
        weekend: random.between(0.95, 1.35),
      };
    case "flat":
      return { kind };
    case "poller":
      return { kind, everyMinutes: random.pick([1, 1, 1, 2, 5]), phaseMinutes: random.below(5) };
    case "cron": {
      const everyMinutes = random.pick([10, 15, 30, 60]);
      return {
        kind,
        everyMinutes,
        phaseMinutes: random.below(everyMinutes),
        burstMinutes: random.whole(1, 3),
        between: random.between(0, 0.3),
      };
    }
    case "nightly":
    case "plateau":
      return { kind, startMinute, minutes: random.whole(8, 24) * 15 };
    case "weekly":
      return { kind, weekday: random.below(7), startMinute, minutes: random.whole(8, 32) * 15 };
    case "ci":
      return { kind, utcOffsetMinutes: random.pick(TIME_ZONES), seed: random.below(2 ** 31) };
    case "dormant":
      return { kind, seed: random.below(2 ** 31) };
  }
}
