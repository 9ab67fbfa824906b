import { ALL_FOUNDS } from "../beginning.js";
import { measure } from "../../../../src/detect/measure.js";
import { SUSPICION_MS } from "../../../../src/model/incident/incident.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../../../src/model/finding/window.js";
import { DayDraft } from "../../../../src/pipeline/learn/day-draft.js";
import { DAY_MS } from "../../../../src/time/day.js";
import { liveThrough } from "../judge-key-life.js";
import { FROM } from "../protocol.js";
import type { DayTraffic } from "../day-traffic.js";
import type { NabSeries } from "./read-corpus.js";
import { probation } from "./score-corpus.js";

/** A series' usual value becomes so many requests a slot: about what a busy key does. */
const REQUESTS_PER_SLOT = 50;
/** Samples this many usual steps apart have a hole between them, which stays empty but for the last step. */
const LONGEST_STEP = 3;

/** Residuals of the rate signal at every row of a series, in standard deviations; 0 where nothing can be said. */
export interface RateResiduals {
  /** The highest of the four windows. */
  readonly rise: Float64Array;
  /** The largest either way. */
  readonly change: Float64Array;
}

/**
 * The rate signal alone, on a series told as a key's requests: scaled by what its probation shows, each row spread over the
 * slots since the row before it. The expectation is the one that the live path learns, day by day.
 */
export function rateResiduals(series: NabSeries): RateResiduals {
  const { slots, slotOf } = toSlots(series);
  const [rise, change] = [new Float64Array(slots.length), new Float64Array(slots.length)];
  for (const { index, open } of liveThrough({ limitPerMinute: null, days: daysOf(slots), beginning: ALL_FOUNDS })) {
    const draft = new DayDraft(open);
    for (let slot = 0; slot < SLOTS_PER_DAY; slot += 1) {
      if (!draft.write(slot)) continue;
      const { rateResidual } = measure(draft);
      rise[index * SLOTS_PER_DAY + slot] = Math.max(0, ...rateResidual);
      change[index * SLOTS_PER_DAY + slot] = Math.max(...rateResidual.map(Math.abs));
    }
  }
  return { rise: slotOf.map((slot) => rise[slot]!), change: slotOf.map((slot) => change[slot]!) };
}

/**
 * Residuals as the beginnings of incidents, of which each pages once: whatever stays below the highest of the last 24 hours
 * belongs to the incident that is open.
 */
export function openings({ times }: NabSeries, residuals: Float64Array): Float64Array {
  return residuals.map((residual, i) => {
    for (let j = i - 1; j >= 0 && times[j]! > times[i]! - SUSPICION_MS; j -= 1) if (residuals[j]! >= residual) return 0;
    return residual;
  });
}

function toSlots({ times, values }: NabSeries): { readonly slots: Float64Array; readonly slotOf: Float64Array } {
  const start = Math.floor(times[0]! / DAY_MS) * DAY_MS;
  const slotOf = Float64Array.from(times, (time) => Math.floor((time - start) / SLOT_MS));
  const slots = new Float64Array((Math.floor(slotOf.at(-1)! / SLOTS_PER_DAY) + 1) * SLOTS_PER_DAY);
  const known = values.slice(0, Math.max(2, probation(values.length)));
  const lowest = Math.min(0, ...known);
  const usual = known.reduce((sum, value) => sum + value - lowest, 0) / known.length || 1;
  const steps = Array.from(slotOf.slice(1), (slot, i) => slot - slotOf[i]!).toSorted((a, b) => a - b);
  const step = Math.max(1, steps[Math.floor(steps.length / 2)]!);
  for (const [i, value] of values.entries()) {
    const before = i === 0 ? slotOf[0]! - step : slotOf[i - 1]!;
    const since = slotOf[i]! - before > LONGEST_STEP * step ? slotOf[i]! - step : before;
    const requests = Math.round((REQUESTS_PER_SLOT * Math.max(0, value - lowest)) / usual);
    slots.fill(requests, Math.max(0, Math.min(since + 1, slotOf[i]!)), slotOf[i]! + 1);
  }
  return { slots, slotOf };
}

function* daysOf(slots: Float64Array): Generator<DayTraffic, void, undefined> {
  const first = slots.findIndex((requests) => requests > 0);
  if (first < 0) return;
  for (let index = Math.floor(first / SLOTS_PER_DAY); index * SLOTS_PER_DAY < slots.length; index += 1) {
    yield {
      index,
      bornAt: FROM + first * SLOT_MS,
      requests: slots.slice(index * SLOTS_PER_DAY, (index + 1) * SLOTS_PER_DAY),
      spendMicros: new Float64Array(SLOTS_PER_DAY),
      sources: [],
      routes: [],
      clients: [],
      refused: [],
    };
  }
}
