import { chanceAt } from "./random.js";

/**
 * How a key's load is spread over time. Minutes of a day are UTC; `utcOffsetMinutes` is where the people are; `night` and
 * `weekend` are shares of a weekday's peak, respectively of a weekday.
 */
export type DayShape =
  | {
      readonly kind: "business" | "evening" | "mixed";
      readonly utcOffsetMinutes: number;
      readonly night: number;
      readonly weekend: number;
    }
  | { readonly kind: "flat" }
  | { readonly kind: "poller"; readonly everyMinutes: number; readonly phaseMinutes: number }
  | {
      readonly kind: "cron";
      readonly everyMinutes: number;
      readonly phaseMinutes: number;
      readonly burstMinutes: number;
      readonly between: number;
    }
  | { readonly kind: "nightly" | "plateau"; readonly startMinute: number; readonly minutes: number }
  | {
      readonly kind: "weekly";
      readonly weekday: number;
      readonly startMinute: number;
      readonly minutes: number;
    }
  | { readonly kind: "ci"; readonly utcOffsetMinutes: number; readonly seed: number }
  | { readonly kind: "dormant"; readonly seed: number };

export type ShapeKind = DayShape["kind"];

const DAY = 1440;
const WEEK = 7 * DAY;
/** The epoch began on a Thursday; weeks here begin on Monday. */
const EPOCH_WEEKDAY_MINUTES = 3 * DAY;
/** Grain of the weekly table between which a smooth shape is interpolated. */
const GRAIN = 15;
/** Builds take one slot; this is the share of slots that has one at mean load, about half of the slots in working hours. */
const CI_SLOT = 12;
const CI_BUSY = 0.13;
/** A dormant key wakes for a couple of hours about once in a fortnight. */
const DORMANT_DAY_CHANCE = 0.07;
const DORMANT_HOURS = 2;

/** Shapes whose requests come by the clock: exactly so many a minute, without chance. */
export function isExact(shape: DayShape): boolean {
  return shape.kind === "poller" || shape.kind === "plateau";
}

/** The load relative to the key's mean at an epoch minute; its mean over whole weeks is 1. */
export function openShape(shape: DayShape): (minute: number) => number {
  switch (shape.kind) {
    case "flat":
      return () => 1;
    case "poller":
      return (minute) => ((minute + shape.phaseMinutes) % shape.everyMinutes === 0 ? shape.everyMinutes : 0);
    case "cron": {
      const burst = (shape.everyMinutes * (1 - shape.between)) / shape.burstMinutes;
      return (minute) =>
        shape.between + ((minute + shape.phaseMinutes) % shape.everyMinutes < shape.burstMinutes ? burst : 0);
    }
    case "nightly":
    case "plateau":
      return (minute) => (modulo(minute - shape.startMinute, DAY) < shape.minutes ? DAY / shape.minutes : 0);
    case "weekly": {
      const start = shape.weekday * DAY + shape.startMinute - EPOCH_WEEKDAY_MINUTES;
      return (minute) => (modulo(minute - start, WEEK) < shape.minutes ? WEEK / shape.minutes : 0);
    }
    case "dormant":
      return (minute) => {
        const day = Math.floor(minute / DAY);
        const start = Math.floor(chanceAt(shape.seed + 1, day) * (24 - DORMANT_HOURS)) * 60;
        const awake =
          chanceAt(shape.seed, day) < DORMANT_DAY_CHANCE && modulo(minute % DAY, DAY) - start < DORMANT_HOURS * 60;
        return awake && minute % DAY >= start ? 24 / DORMANT_HOURS / DORMANT_DAY_CHANCE : 0;
      };
    case "ci": {
      const busy = weekly(
        (weekday, hour) => workingDay(hour) * (weekday < 5 ? 1 : 0.08) + 0.02,
        shape.utcOffsetMinutes,
      );
      return (minute) =>
        chanceAt(shape.seed, Math.floor(minute / CI_SLOT)) < CI_BUSY * busy(minute) ? 1 / CI_BUSY : 0;
    }
    case "business":
    case "evening":
    case "mixed": {
      const day = shape.kind === "evening" ? consumerDay : workingDay;
      const steady = shape.kind === "mixed" ? 0.5 : 0;
      const people = weekly(
        (weekday, hour) => shape.night + (1 - shape.night) * day(hour) * (weekday < 5 ? 1 : shape.weekend),
        shape.utcOffsetMinutes,
      );
      return (minute) => steady + (1 - steady) * people(minute);
    }
  }
}

/** The highest load of a week that smooth shapes reach, relative to the mean: what a limit needs to leave room for. */
export function peakOf(shape: DayShape): number {
  const rate = openShape(shape);
  let peak = 1;
  for (let minute = 0; minute < WEEK; minute++) peak = Math.max(peak, rate(minute));
  return peak;
}

/** Office hours from half past eight to about six, with a dip at lunch; 0 to 1 over the local hour. */
function workingDay(hour: number): number {
  const open = 1 / (1 + Math.exp(-(hour - 8.5) / 0.55));
  const close = 1 / (1 + Math.exp((hour - 17.8) / 0.8));
  return open * close * (1 - 0.22 * Math.exp(-(((hour - 12.6) / 0.7) ** 2)));
}

/** People at home: a low noon hill and the evening's peak near half past eight; 0 to 1 over the local hour. */
function consumerDay(hour: number): number {
  const hill = (centre: number, width: number) => {
    const away = Math.abs(hour - centre);
    return Math.exp(-((Math.min(away, 24 - away) / width) ** 2));
  };
  return Math.min(1, hill(20.5, 3.6) + 0.5 * hill(12.8, 4));
}

/** Interpolates a week's table of `load(weekday, hour)`, Monday 0, scaled to a mean of 1. */
function weekly(load: (weekday: number, hour: number) => number, utcOffsetMinutes: number): (minute: number) => number {
  const table = Float64Array.from({ length: WEEK / GRAIN }, (_, i) =>
    load(Math.floor((i * GRAIN) / DAY), ((i * GRAIN) % DAY) / 60),
  );
  const mean = table.reduce((sum, value) => sum + value, 0) / table.length;
  return (minute) => {
    const at = modulo(minute + EPOCH_WEEKDAY_MINUTES + utcOffsetMinutes, WEEK) / GRAIN;
    const before = Math.floor(at);
    const low = table[before] ?? 0;
    const high = table[(before + 1) % table.length] ?? 0;
    return (low + (high - low) * (at - before)) / mean;
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
