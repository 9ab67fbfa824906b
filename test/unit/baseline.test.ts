import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, boolean, integer, property } from "fast-check";
import { expect, expectedMinutes } from "../../src/baseline/expectation.js";
import { dailySlots, flatSlot, weeklySlots } from "../../src/baseline/expected-slots.js";
import { learnDay, type DayFacts } from "../../src/baseline/learn-day.js";
import { FIRST_MODEL, learnModel, type Model, type TaughtDay } from "../../src/baseline/learn-model.js";
import type { Baseline } from "../../src/model/finding/baseline.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES } from "../../src/model/finding/window.js";
import { steady } from "../helpers/key-tick.js";

const START = Date.parse("2026-03-08T00:00:00Z");
const DAY = 86_400_000;
const close = (actual: number, wanted: number, within = 1e-6) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${actual} for ${wanted}`);
const flatDay = (perSlot: number) => Array.from({ length: SLOTS_PER_DAY }, () => perSlot);

test("expected slots are the weighted mean of the days on file, whichever those are", () => {
  check(
    property(array(boolean(), { minLength: 28, maxLength: 28 }), (onFile) => {
      const slots = (daysAgo: number) => (onFile[daysAgo - 1] ? flatDay(daysAgo * daysAgo) : undefined);
      const mean = (lags: readonly (readonly [number, number])[]) => {
        const known = lags.filter(([days]) => onFile[days - 1]);
        const weights = known.reduce((sum, [, weight]) => sum + weight, 0);
        return known.reduce((sum, [days, weight]) => sum + weight * days * days, 0) / weights;
      };
      const days = [1, 2, 3, 4, 5, 6, 7] as const;
      const cases = [
        [
          weeklySlots(slots, []),
          mean([
            [7, 0.4],
            [14, 0.3],
            [21, 0.2],
            [28, 0.1],
          ]),
        ],
        [dailySlots(slots, []), mean(days.map((j) => [j, 0.8 ** (j - 1)] as const))],
      ] as const;
      for (const [found, wanted] of cases) {
        assert.equal(found.length, Number.isNaN(wanted) ? 0 : SLOTS_PER_DAY);
        for (const slot of found) close(slot, wanted);
      }
      const flat = mean(days.map((j) => [j, 1] as const));
      close(flatSlot(slots, -1), Number.isNaN(flat) ? -1 : flat);
    }),
  );
});

const aSeries = array(integer({ min: 0, max: 50 }), { minLength: 576, maxLength: 576 });

function baseline(changed: Partial<Baseline>): Baseline {
  const learned = learnDay({ ...facts(), taught: null });
  return { ...learned, day: "2026-03-08", flat: 3, losses: [0.02, 0.05, 0.1], levels: [0.1, -0.2, 0.05], ...changed };
}

test("between two slots a prediction lies on the line between theirs, and at a slot it is the sum of the window's slots", () => {
  check(
    property(aSeries, integer({ min: 289, max: 575 }), integer({ min: 1, max: 4 }), (weekly, slot, minutes) => {
      const of = baseline({ weekly, daily: [], flat: -1, levels: [0, 0, 0] });
      const at = (position: number) => expect(of, START + position * SLOT_MS)!.requests;
      for (const w of WINDOW_MINUTES.keys()) {
        const share = minutes / 5;
        close(at(slot + share)[w]!, (1 - share) * at(slot)[w]! + share * at(slot + 1)[w]!);
        close(
          at(slot)[w]!,
          weekly.slice(slot - WINDOW_MINUTES[w]! / 5, slot).reduce((a, b) => a + b, 0),
        );
      }
    }),
    { numRuns: 30 },
  );
});

test("a snapshot predicts its next day only; later nothing but the flat rate is left", () => {
  const nothing = { weekly: [], daily: [], flat: -1 };
  const alone = [{ weekly: flatDay(2).concat(flatDay(2)) }, { daily: flatDay(4).concat(flatDay(4)) }, { flat: 3 }];
  const known = (at: number) => alone.map((one) => expect(baseline({ ...nothing, ...one }), at) !== null);
  assert.deepEqual(known(START + 2 * DAY), [true, true, true]);
  assert.deepEqual(known(START + 2 * DAY + 60_000), [false, false, true]);
  assert.equal(expect(baseline(nothing), START + 2 * DAY), null);
});

test("the minutes expected in a window add up to what the window expects", () => {
  check(
    property(aSeries, aSeries, integer({ min: 1441, max: 2880 }), (weekly, daily, minute) => {
      const of = baseline({ weekly, daily });
      const tick = START + minute * 60_000;
      for (const w of WINDOW_MINUTES.keys()) {
        const minutes = expectedMinutes(of, tick - WINDOW_MINUTES[w]! * 60_000, tick);
        close(
          minutes.reduce((a, b) => a + b, 0),
          expect(of, tick)!.requests[w]!,
          1e-6,
        );
      }
    }),
    { numRuns: 20 },
  );
});

/** A day, or its first ticks, on which a key that predicts `predicted` a minute does `actual`. */
function taughtDay(actual: number, predicted: number, ticks = SLOTS_PER_DAY): TaughtDay {
  const everyTick = (each: number) => Float64Array.from(Array.from({ length: ticks }, () => steady(each)).flat());
  return {
    teaches: new Uint8Array(ticks).fill(1),
    requests: everyTick(actual),
    spendMicros: everyTick(actual),
    spendPerRequest: 1,
    predictions: { weekly: null, daily: everyTick(predicted), flat: null },
  };
}

/** The model after days of the same. */
function learnDays(days: number, actual: number, predicted: number, before = FIRST_MODEL): Model {
  return Array.from({ length: days }).reduce<Model>((model) => learnModel(model, taughtDay(actual, predicted)), before);
}

test("a key that always does the same is expected to do just that, with noise that goes to nothing", () => {
  let model: Model = FIRST_MODEL;
  let last = Infinity;
  for (let day = 0; day < 40; day += 1) {
    model = learnDays(1, 10, 10, model);
    const most = Math.max(...model.noise);
    assert.ok(most < last);
    last = most;
  }
  assert.ok(last < 0.002, `${last}`);
  assert.deepEqual(model.levels, [0, 0, 0]);
  const day = flatDay(50);
  const learned = { ...baseline({ daily: day.concat(day), weekly: [], flat: -1 }), ...model };
  for (const w of WINDOW_MINUTES.keys()) close(expect(learned, START + DAY + SLOT_MS)!.requests[w]!, steady(10)[w]!);
});

test("a level follows with a half-life of two days, a loss with five, and what cannot predict learns nothing", () => {
  const wanted = Math.log((steady(15)[3] + 3) / (steady(10)[3] + 3));
  close(learnDays(2, 15, 10).levels[1]!, wanted / 2, 1e-5);
  close(learnDays(4, 15, 10).levels[1]!, (wanted * 3) / 4, 1e-5);
  // Beyond a factor of two a level gives up.
  close(learnDays(40, 1000, 10).levels[1]!, 0.7, 1e-5);
  close(learnDays(5, 10, 10).losses[1]!, 0.075, 1e-5);
  close(learnDays(300, 1e9, 1).losses[1]!, 2, 1e-5);
  assert.deepEqual(
    [0, 2].map((e) => learnDays(5, 15, 10).losses[e]),
    [0.15, 0.15],
  );
});

test("a noise estimate starts from its prior's days of weight and remembers ten", () => {
  const quiet = learnDays(1, 10, 10);
  const priors = [0.25, 0.22, 0.2, 0.16, 0.35, 0.3, 0.25, 0.2];
  for (const [i, days] of [0.5, 1, 2, 3, 0.5, 1, 2, 3].entries()) {
    close(quiet.noise[i]!, (priors[i]! ** 2 * days) / (days + 1), 2e-6);
    close(quiet.noiseDays[i]!, days + 1, 1e-5);
  }
  assert.deepEqual(learnDays(12, 10, 10).noiseDays, Array(8).fill(10));
  // One wild tick counts for no more than 6.25 variances.
  const wild = learnModel(FIRST_MODEL, taughtDay(1e6, 10, 1));
  assert.ok(wild.noise[1]! < 0.22 ** 2 * (1 + 5.5 / 288));
});

function facts(): DayFacts {
  return {
    day: "2026-03-08",
    keyId: "k",
    observedBy: "gateway",
    bornAt: START - 20 * DAY,
    slots: flatDay(7),
    spendMicros: 900,
    novelRequests: NOVELTY_LEVELS.map((_, g) => g),
    requests: 7 * SLOTS_PER_DAY,
    before: null,
    taught: taughtDay(13, 9),
    dailyMaxBins: [1, 2],
    trust: { highestScore: 0, suspectUntil: 0, frozenDays: [] },
    slotsBeforeNextDay: (ago) => (ago <= 7 ? flatDay(ago) : undefined),
    churn: { novelRequests: [0, 10, 980, 5000], requests: 980 },
    cost: { spendMicros: 1000, requests: 3 },
  };
}

test("learning is a function of its facts: churn with its room and its prior, cost, and both days of the series", () => {
  const before = { ...learnDay(facts()), weekly: flatDay(3).concat(flatDay(5)), daily: [] };
  const learned = learnDay({ ...facts(), before });
  assert.equal(JSON.stringify(learnDay({ ...facts(), before })), JSON.stringify(learned));
  assert.deepEqual(learned.churn, [0, 0.0115, 1, 1, 0, 0, 0, 0, 0]);
  assert.equal(learned.spendPerRequest, 333.333333);
  assert.equal(learned.requests, 7 * SLOTS_PER_DAY);
  assert.deepEqual(learned.weekly, [...flatDay(5), ...flatDay(7)]);
  assert.deepEqual(learned.daily.slice(0, SLOTS_PER_DAY), learned.daily.slice(SLOTS_PER_DAY));
});

test("days that ever taught are counted, and a month under suspicion takes none away", () => {
  const days = [...Array<boolean>(16).fill(true), ...Array<boolean>(40).fill(false)];
  const last = days.reduce<Baseline | null>((before, teaches) => {
    return learnDay({ ...facts(), before, dailyMaxBins: teaches ? [1, 2] : [] });
  }, null);
  assert.equal(last?.taughtDays, 16);
});
