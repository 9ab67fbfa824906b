import { MINUTE_MS } from "../../../time/day.js";
import type { ObservedLog } from "./observed-log.js";
import { amendTotals, QUARTER_MS, runningTotals, type NumberedSteps, type QuarterUsage } from "./quarter-usage.js";
import { ReadMinutes, type Stretch } from "./read-minutes.js";

/** Quarters before the newest one of which the rest still comes in. */
const KEPT_MS = QUARTER_MS;

/** Reads what was served in each minute of a stretch. */
type ReadSteps = (stretch: Stretch) => Promise<NumberedSteps>;

/** The newest quarters of an hour by the minute: of one that goes on, only the minutes that got rows are read again. */
export class RunningQuarters {
  readonly #kept = new Map<number, { readonly usage: QuarterUsage; readonly read: ReadMinutes }>();

  /** Running totals of a quarter (epoch ms), as of the rows that were counted. */
  async read(observed: ObservedLog, quarter: number, readSteps: ReadSteps): Promise<QuarterUsage> {
    const whole = { from: quarter, until: quarter + QUARTER_MS };
    const known = this.#kept.get(quarter);
    const read = known?.read ?? new ReadMinutes();
    const changed = known === undefined ? whole : read.changed(observed, whole);
    if (known !== undefined && changed === null) return known.usage;
    const { from, until } = changed ?? whole;
    const steps = await readSteps({ from, until });
    const usage =
      known === undefined ? runningTotals(steps) : amendTotals(known.usage, steps, (from - quarter) / MINUTE_MS);
    read.note(observed, whole);
    this.#kept.set(quarter, { usage, read });
    const newest = Math.max(...this.#kept.keys());
    for (const old of this.#kept.keys()) if (old < newest - KEPT_MS) this.#kept.delete(old);
    return usage;
  }
}
