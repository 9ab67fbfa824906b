import { checkSpan, type CheckDeps } from "../../../src/pipeline/check/check-span.js";
import { CheckCache } from "../../../src/pipeline/check/facts/check-cache.js";
import { QUARTER_MS } from "../../../src/pipeline/check/facts/quarter-usage.js";
import { prepareNext } from "../../../src/pipeline/check/prepare-next.js";
import type { Store } from "../../../src/store/store.js";
import { HOUR_MS, MINUTE_MS } from "../../../src/time/day.js";
import { budgetPer1000 } from "../../helpers/budget-per-1000.js";
import { fillMinute } from "./fill-fleet.js";

/** From the minute after this one on of the hour the checks before have read what stays the same. */
export const STEADY_MINUTE = 31;
/** Minutes from one reading ahead to the next. */
export const QUARTER_MINUTES = QUARTER_MS / MINUTE_MS;

/** The fleet that was filled up to an hour (epoch ms). */
export interface Fleet {
  readonly keys: number;
  readonly hour: number;
}

/** Live checks of that hour, one after the other, with what they keep in memory. Minutes are counted from its beginning. */
export interface Checks {
  /** Has come in what comes in until a minute. */
  readonly fillUntil: (minute: number) => Promise<void>;
  /** Checks the minute that ends then, and gives how many findings there are; what is not there of it is to be filled first. */
  readonly check: (minute: number) => Promise<number>;
  /** Reads ahead after the check of a minute, as `work` does. */
  readonly prepare: (minute: number) => Promise<void>;
  /** Checks quarter by quarter, as checks of every minute go on; every reading ahead goes through `around`. */
  readonly checkUntilSteady: (around?: (prepare: () => Promise<void>) => Promise<unknown>) => Promise<void>;
}

/** Begins to check with nothing in memory. */
export function openChecks(store: Store, { keys, hour }: Fleet): Checks {
  const deps = checkDepsOf(store);
  const tickOf = (minute: number) => hour + minute * MINUTE_MS;
  let filled = 0;
  const fillUntil = async (minute: number) => {
    for (; filled < minute; filled += 1) await fillMinute(store, keys, tickOf(filled));
  };
  const check = async (minute: number) => {
    const tick = tickOf(minute);
    const span = { hour: Math.ceil(tick / HOUR_MS) * HOUR_MS - HOUR_MS, ticks: [tick] };
    return (await checkSpan(deps, span, await store.readClock(), "rollups")).findings.length;
  };
  const prepare = async (minute: number) => prepareNext(deps, tickOf(minute));
  const checkUntilSteady: Checks["checkUntilSteady"] = async (around = async (run) => run()) => {
    for (let minute = QUARTER_MINUTES; minute < STEADY_MINUTE; minute += QUARTER_MINUTES) {
      await fillUntil(minute);
      await check(minute);
      await around(() => prepare(minute));
      await fillUntil(minute + 1);
      await check(minute + 1);
    }
  };
  return { fillUntil, check, prepare, checkUntilSteady };
}

/** What checks work with, nothing in memory. */
export function checkDepsOf(store: Store): CheckDeps {
  return { store, memory: new CheckCache(), budget: budgetPer1000(0.1, 10), unregisteredKeys: 20_000 };
}
