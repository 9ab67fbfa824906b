import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { stepIncidents } from "../../src/incident/step-incidents.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { chooseEarlier, joinFindings } from "../../src/incident/join-findings.js";
import { DAY, figuresOf, finding, HOUR, MINUTE, T } from "../helpers/incident-parts.js";
import { namedKey, summaryText } from "../../src/model/finding/headline.js";
import { leakHeadline } from "../../src/model/finding/use-sentences.js";

const EACH_MICROS = 10_000;
const PACE = { quiet_minutes: 0, per_minute: 1 };

/** What checks find of a theft with so many requests in each hour from T on: each minute what the last 24 hours hold, found from `after` on. */
function findingsOf(hours: readonly number[], after: number, to: number): Finding[] {
  const sums = [0];
  for (const count of hours) sums.push(sums.at(-1)! + count);
  const until = (at: number) => {
    const hour = Math.min(hours.length, Math.floor((at - T) / HOUR));
    return sums[hour]! + ((hours[hour] ?? 0) * (at - T - hour * HOUR)) / HOUR;
  };
  const over = T + HOUR * (hours.findLastIndex((count) => count > 0) + 1);
  const found: Finding[] = [];
  for (let tick = T + after; tick <= to; tick += MINUTE) {
    const onset = Math.max(T, tick - DAY);
    const lastAt = Math.min(tick, over) - MINUTE;
    const requests = Math.round(until(tick) - until(onset));
    const micros = requests * EACH_MICROS;
    const own = (tick - onset) / HOUR;
    const since = {
      requests: requests + own,
      expected_requests: own,
      spend_micros: micros,
      expected_spend_micros: null,
      novel_requests: requests,
      novel_spend_micros: micros,
    };
    const source = (address: string) => ({
      address,
      asn: 64500,
      network_type: "hosting",
      first_seen: new Date(T).toISOString(),
      requests,
      spend_micros: micros,
      expected_spend_micros: null,
    });
    found.push(
      finding("error", tick, {
        onset,
        headline: leakHeadline(namedKey("k", null), { since, addresses: 1, onset, tick }),
        statistics: {
          since_onset: since,
          activity: { of: "unknown", is_going_on: tick <= over, last_at: new Date(lastAt).toISOString(), ...PACE },
          new_addresses: 1,
          new_sources: [source("198.51.100.9")],
        },
      }),
    );
  }
  return found;
}

const whole = (found: readonly Finding[]): Finding => {
  const [newest, ...before] = found.toReversed();
  const chosen = new Set(chooseEarlier(newest!, before).map(({ tick }) => tick));
  return joinFindings(
    newest!,
    before.filter(({ tick }) => chosen.has(tick)),
    T,
  );
};

test("requests, cost and what was expected are those since the first onset, however often the window has moved on", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 60, max: 6000 }), { minLength: 26, maxLength: 60 }),
      fc.integer({ min: 1, max: 90 }),
      (hours, minutes) => {
        const to = T + hours.length * HOUR;
        const one = whole(findingsOf(hours, minutes * MINUTE, to));
        const since = figuresOf(one)["since_onset"] as Record<string, number>;
        const total = hours.reduce((sum, count) => sum + count, 0);
        // What came before it was first found is known as a sum of that time: where the second day's window begins in it, a share is taken.
        const before = hours[0]! + hours[1]!;
        assert.ok(Math.abs(since["requests"]! - total) <= before, `${since["requests"]} of ${total}`);
        assert.ok(Math.abs(since["expected_requests"]! - hours.length) < 0.1);
        assert.equal(one.onset, T);
        assert.match(
          summaryText(one),
          /^k: [\d,]+ requests from 1 new address, on top of its normal traffic, since 03-08 12:00 UTC \(\$/,
        );
      },
    ),
    { numRuns: 4 },
  );
});

test("an even theft of two days is told with every request of it, though no finding holds more than a day", () => {
  const one = whole(
    findingsOf(
      Array.from({ length: 48 }, () => 600),
      7 * MINUTE,
      T + 2 * DAY,
    ),
  );
  assert.equal(
    summaryText(one),
    "k: 28,800 requests from 1 new address, on top of its normal traffic, since 03-08 12:00 UTC ($288.00)",
  );
  const [source] = figuresOf(one)["new_sources"] as { requests: number; spend_micros: number }[];
  assert.deepEqual([source?.requests, source?.spend_micros], [28_800, 288e6]);
});

test("an incident's loss goes on growing when its window is full: on-call hears of ten times what they were told", () => {
  const found = findingsOf(
    Array.from({ length: 80 }, () => 90),
    7 * MINUTE,
    T + 80 * HOUR,
  );
  const { steps, incidents } = stepIncidents(new Map(), found, []);
  const told = steps.filter(({ transition: { kind } }) => kind === "opened" || kind === "escalated");
  // $0.90 an hour: no window of a day holds more than $21.60.
  assert.deepEqual(
    told.map(({ transition: { at, reason } }) => `${Math.round((at - T) / HOUR)} ${reason}`),
    ["0 first_finding", "11 higher_cost"],
  );
  const [open] = incidents.values();
  assert.equal(open?.onsetAt, T);
  assert.ok(Math.abs(open.loss.micros - 72e6) < 1.5e6, `${open.loss.micros}`);
});

test("what is over costs no more, as long as its window still holds it", () => {
  const found = findingsOf([4800, 4800, 4800, 4800], 7 * MINUTE, T + 27 * HOUR);
  const { incidents } = stepIncidents(new Map(), found, []);
  const [open] = incidents.values();
  assert.ok(Math.abs(open!.loss.micros - 192e6) < 4e6, `${open!.loss.micros}`);
});

test("an incident has cost what its newest finding says, as long as that looks back to the first onset, also where sources of other prices join", () => {
  // Cheap at first, and dear from the second hour on: by its share of the span the dear hour would count too little, and the one after it too much.
  const found = findingsOf([60, 60_000, 60, 60, 60], 7 * MINUTE, T + 5 * HOUR);
  const { incidents } = stepIncidents(new Map(), found, []);
  const [open] = incidents.values();
  // It is counted at each step.
  const last = found.find(({ tick }) => tick === open!.loss.until);
  const since = figuresOf(last!)["since_onset"] as { novel_spend_micros: number };
  assert.ok(open!.loss.until > T + 4 * HOUR);
  assert.equal(open!.loss.micros, since.novel_spend_micros);
});
