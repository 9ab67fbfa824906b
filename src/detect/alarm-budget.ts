import type { FleetDay } from "../model/finding/fleet-day.js";
import { scaleOf } from "./fleet-tail.js";
import { keyDaysPerFalseAlarm, scoreOnceIn, thresholds, usualScale, type Thresholds } from "./threshold.js";

/** False alarms that are accepted: so many of the whole fleet in a month (30 days) or a week, or per 1,000 key-days. */
export interface StatedRate {
  readonly count: number;
  readonly per: "month" | "week" | "1000_key_days";
}

/** What is accepted of everything statistical: leaks of keys, of groups and networks, and what nobody here made. */
export interface AlarmBudget {
  readonly pages: StatedRate;
  readonly notices: StatedRate;
}

/** A stated rate with the threshold that it comes to. */
export interface RateInForce {
  readonly stated: StatedRate;
  /** False alarms per 1,000 key-days that the threshold is set for. */
  readonly per1000: number;
  /** False alarms to be expected in the span that it is stated for; null where the fleet is not known yet. */
  readonly expected: number | null;
  /** Whether the threshold would have to be higher than the highest, or lower than the lowest, to come to what is stated. */
  readonly bound: "highest" | "lowest" | null;
}

/** The fleet that budgets are spread over. */
export interface BudgetedFleet {
  /** Null until the first day is learned. */
  readonly watchedKeys: number | null;
  /** Key-days of the fleet that say how rare its scores are; null where they are too few, and those of fleets in general count. */
  readonly ownKeyDays: number | null;
}

/** The thresholds of a day and what they come from. */
export interface BudgetInForce extends BudgetedFleet {
  readonly thresholds: Thresholds;
  readonly pages: RateInForce;
  readonly notices: RateInForce;
}

/** Scores say how rare something is between these rates: nothing rarer was measured than the one, and a page of the other is a coin toss. */
const PAGES_PER_1000 = { least: 0.02, most: 5 } as const;
/** Notices wake nobody: they go as far as the score was calibrated. */
const NOTICES_PER_1000 = { least: 0.02, most: 10 } as const;
/** Until the size of the fleet is known. */
const FIRST_PER_1000 = { pages: 0.1, notices: 10 } as const;
/** Of scores that are the same but for rounding: thresholds are rounded as scores are. */
const TOLERANCE = 1e-6;
const SPAN_DAYS = { month: 30, week: 7 } as const;

/** The settings that state a budget. */
interface BudgetSettings {
  readonly PLIMSOLL_FALSE_PAGES_PER_MONTH: number;
  readonly PLIMSOLL_NOTICES_PER_WEEK: number;
  /** Per 1,000 key-days; where given, these count. */
  readonly PLIMSOLL_PAGE_BUDGET?: number | undefined;
  readonly PLIMSOLL_NOTICE_BUDGET?: number | undefined;
}

/** The budget that settings state. */
export function statedBudget(settings: BudgetSettings): AlarmBudget {
  const { PLIMSOLL_PAGE_BUDGET: pages, PLIMSOLL_NOTICE_BUDGET: notices } = settings;
  return {
    pages:
      pages === undefined
        ? { count: settings.PLIMSOLL_FALSE_PAGES_PER_MONTH, per: "month" }
        : { count: pages, per: "1000_key_days" },
    notices:
      notices === undefined
        ? { count: settings.PLIMSOLL_NOTICES_PER_WEEK, per: "week" }
        : { count: notices, per: "1000_key_days" },
  };
}

/** The thresholds that keep a budget in a fleet as it was when its newest learned day closed; null: none is learned. */
export function budgetInForce(stated: AlarmBudget, fleet: FleetDay | null): BudgetInForce {
  const learnedDays = fleet?.learnedDays ?? 0;
  const usual = usualScale(learnedDays);
  const scale = fleet === null ? usual : (scaleOf(fleet) ?? usual);
  const pages = askedRate(stated.pages, fleet, PAGES_PER_1000, FIRST_PER_1000.pages);
  const notices = askedRate(stated.notices, fleet, NOTICES_PER_1000, FIRST_PER_1000.notices);
  const limits = thresholds(pages.per1000, notices.per1000, scale, learnedDays);
  return {
    thresholds: limits,
    watchedKeys: fleet?.watchedKeys ?? null,
    ownKeyDays: fleet === null || scale === usual ? null : fleet.tail.keyDays,
    pages: rateInForce(stated.pages, pages, limits.page, limits),
    notices: rateInForce(stated.notices, notices, limits.notice, limits),
  };
}

/** False alarms per 1,000 key-days that come to a stated rate. */
interface AskedRate {
  readonly per1000: number;
  /** Key-days of the span that the rate is stated for; null where the fleet is not known, or the rate is per 1,000 key-days. */
  readonly keyDays: number | null;
  readonly bound: RateInForce["bound"];
}

function askedRate(
  { count, per }: StatedRate,
  fleet: FleetDay | null,
  { least, most }: { readonly least: number; readonly most: number },
  first: number,
): AskedRate {
  if (per === "1000_key_days") return { per1000: count, keyDays: null, bound: null };
  if (fleet === null) return { per1000: first, keyDays: null, bound: null };
  // A fleet that slept for a month has one key at least that is going to be used.
  const keyDays = SPAN_DAYS[per] * Math.max(1, fleet.watchedKeys);
  const asked = (1000 * count) / keyDays;
  const bound = asked < least ? "highest" : asked > most ? "lowest" : null;
  return { per1000: Math.min(most, Math.max(least, asked)), keyDays, bound };
}

function rateInForce(
  stated: StatedRate,
  { per1000, keyDays, bound }: AskedRate,
  threshold: number,
  limits: Thresholds,
): RateInForce {
  if (keyDays === null) return { stated, per1000, expected: stated.per === "1000_key_days" ? per1000 : null, bound };
  // No threshold goes further from the usual than a fleet's own tail may move it.
  const held = threshold - scoreOnceIn(1000 / per1000, limits.scale);
  if (Math.abs(held) > TOLERANCE) {
    const expected = keyDays / keyDaysPerFalseAlarm(threshold, limits.scale);
    return { stated, per1000, expected, bound: expected > stated.count ? "highest" : "lowest" };
  }
  return { stated, per1000, expected: bound === null ? stated.count : (per1000 * keyDays) / 1000, bound };
}
