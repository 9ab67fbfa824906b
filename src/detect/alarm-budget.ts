import type { FleetDay } from "../model/finding/fleet-day.js";
import { thresholds, type Thresholds } from "./threshold.js";

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
  /** Whether the threshold would have to be higher than the highest, or lower than the lowest, to keep what is stated. */
  readonly bound: "highest" | "lowest" | null;
}

/** The thresholds of a day and what they come from. */
export interface BudgetInForce {
  readonly thresholds: Thresholds;
  /** Null until the first day is learned. */
  readonly watchedKeys: number | null;
  readonly pages: RateInForce;
  readonly notices: RateInForce;
}

/** Scores say how rare something is between these rates: nothing rarer was measured than the one, and a page of the other is a coin toss. */
const PAGES_PER_1000 = { least: 0.02, most: 5 } as const;
/** Notices wake nobody: they go as far as the score was calibrated. */
const NOTICES_PER_1000 = { least: 0.02, most: 10 } as const;
/** Until the size of the fleet is known. */
const FIRST_PER_1000 = { pages: 0.1, notices: 10 } as const;
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
  const pages = rateInForce(stated.pages, fleet, PAGES_PER_1000, FIRST_PER_1000.pages);
  const notices = rateInForce(stated.notices, fleet, NOTICES_PER_1000, FIRST_PER_1000.notices);
  return {
    thresholds: thresholds(pages.per1000, notices.per1000),
    watchedKeys: fleet?.watchedKeys ?? null,
    pages,
    notices,
  };
}

function rateInForce(
  stated: StatedRate,
  fleet: FleetDay | null,
  { least, most }: { readonly least: number; readonly most: number },
  first: number,
): RateInForce {
  const { count, per } = stated;
  if (per === "1000_key_days") return { stated, per1000: count, expected: count, bound: null };
  if (fleet === null) return { stated, per1000: first, expected: null, bound: null };
  // A fleet that slept for a month has one key at least that is going to be used.
  const keyDays = SPAN_DAYS[per] * Math.max(1, fleet.watchedKeys);
  const asked = (1000 * count) / keyDays;
  const per1000 = Math.min(most, Math.max(least, asked));
  const bound = asked < least ? "highest" : asked > most ? "lowest" : null;
  return { stated, per1000, expected: bound === null ? count : (per1000 * keyDays) / 1000, bound };
}
