import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { openBodyBudget, type BodyAccount } from "../../src/http/body-budget.js";
import { openTokenQuota } from "../../src/http/token-quota.js";
import {
  judgeBackfill,
  judgePressure,
  judgeRepeats,
  type PressureReading,
} from "../../src/pipeline/ingest/judge-pressure.js";
import type { LaneDepth } from "../../src/store/ingest/buffer-depth.js";

const MIB = 2 ** 20;
const limits = { memoryPercent: 70, events: 1000, ageMinutes: 60 };
const EMPTY: LaneDepth = { rows: 0, bytes: 0, blocks: 0, oldestAt: null };
const reading = (
  lanes: { readonly live?: Partial<LaneDepth>; readonly backfill?: Partial<LaneDepth> },
  { maxMib = 64, usedMib = 40, keptMib = 0 } = {},
): PressureReading => ({
  depth: { live: { ...EMPTY, ...lanes.live }, backfill: { ...EMPTY, ...lanes.backfill }, readAt: 100 * 60_000 },
  memory: { usedBytes: usedMib * MIB, maxBytes: maxMib * MIB },
  keptBytes: new Map([["greedy", keptMib * MIB]]),
});
const reasonOf = (read: PressureReading, added = 0) => judgePressure(read, limits, added)?.reason ?? null;
const oldReasonOf = (read: PressureReading, added = 0) => judgeBackfill(read, limits, added)?.reason ?? null;

test("ingest is refused before Redis is full, counting what was committed since it was asked", () => {
  assert.equal(reasonOf(reading({})), null);
  assert.equal(reasonOf(reading({}), 4 * MIB), null);
  assert.equal(reasonOf(reading({}), 5 * MIB), "redis_memory");
  // A Redis without a bound has none to come near to.
  assert.equal(reasonOf(reading({}, { maxMib: 0 }), 500 * MIB), null);
});

test("ingest is refused while too many events wait, or one for too long", () => {
  assert.equal(reasonOf(reading({ live: { rows: 1000, oldestAt: 40 * 60_000 } })), null);
  assert.equal(reasonOf(reading({ live: { rows: 1001 } })), "too_many_events");
  assert.equal(reasonOf(reading({ live: { rows: 1, oldestAt: 40 * 60_000 - 1 } })), "too_old");
});

test("what waits in the backfill lane refuses old events alone, and these leave the last of the memory to live ones", () => {
  for (const [backfill, reason] of [
    [{ rows: 1001 }, "too_many_events"],
    [{ rows: 1, oldestAt: 40 * 60_000 - 1 }, "too_old"],
  ] as const) {
    const waiting = reading({ backfill }, { usedMib: 30 });
    assert.deepEqual([oldReasonOf(waiting), reasonOf(waiting)], [reason, null]);
  }
  assert.equal(oldReasonOf(reading({ live: { rows: 1001 } }, { usedMib: 30 })), null);
  const nearlyFull = reading({}, { usedMib: 34 });
  assert.deepEqual([oldReasonOf(nearlyFull), reasonOf(nearlyFull)], ["redis_memory", null]);
});

test("a token whose repeats fill their share is told so, and no other token is refused", () => {
  const atShare = reading({}, { keptMib: 11.2 });
  const above = reading({}, { keptMib: 11.3 });
  assert.equal(judgeRepeats(atShare, limits, "greedy"), null);
  assert.equal(judgeRepeats(above, limits, "greedy")?.reason, "repeat_memory");
  assert.match(
    judgeRepeats(above, limits, "greedy")?.message ?? "",
    /this token's bodies .* put more events into each body/,
  );
  assert.equal(judgeRepeats(above, limits, "honest"), null);
});

test("a full Redis is told of with what fills it", () => {
  const full = reading({ live: { bytes: 2 * MIB }, backfill: { bytes: 3 * MIB } }, { usedMib: 60, keptMib: 50 });
  assert.match(
    judgePressure(full, limits, 0)?.message ?? "",
    /60 MB of 64 MB; 5 MB wait for ClickHouse, 50 MB serve to recognise repeats/,
  );
});

test("over any stretch a source sends no more than its burst, its rate and one body", () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(3000), events: fc.nat(20_000) }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20_000 }), (requests, perSecond) => {
      const quota = openTokenQuota(perSecond);
      let [now, sent] = [0, 0];
      for (const { afterMs, events } of requests) {
        now += afterMs;
        // Who waits as long as it is told to is let in.
        now += quota.waitMs("one", now);
        assert.equal(quota.waitMs("one", now), 0);
        assert.equal(quota.waitMs("another", now), 0);
        quota.spend("one", events, now);
        sent += events;
        assert.ok(sent <= (now / 1000 + 10) * perSecond + 20_001);
      }
    }),
  );
});

test("no quota is no quota", () => {
  const quota = openTokenQuota(0);
  quota.spend("one", 1e9, 0);
  assert.equal(quota.waitMs("one", 0), 0);
});

test("whatever bodies ask for, no source holds more than its share and one body, all hold no more than the budget and one body each, and the oldest is never refused", () => {
  const [budgetBytes, largest, overhead] = [1_000_000, 100_000, 8 * 1024];
  const steps = fc.array(
    fc.record({ source: fc.constantFrom("one", "two", "three"), bytes: fc.nat(largest / 2), closes: fc.nat(5) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (requests) => {
      const budget = openBodyBudget(budgetBytes);
      const open: { source: string; held: number; account: BodyAccount }[] = [];
      const heldBy = (source?: string) =>
        open.reduce((sum, one) => sum + (source === undefined || one.source === source ? one.held : 0), 0);
      for (const { source, bytes, closes } of requests) {
        const isFirst = heldBy(source) === 0;
        const account = budget.open(source, bytes);
        assert.ok(account !== null || !isFirst);
        if (account !== null) open.push({ source, held: bytes + overhead, account });
        const oldest = open.find((one) => one.source === source)!;
        assert.ok(oldest.account.charge(Math.min(bytes, largest - Math.min(largest, oldest.held))));
        oldest.held += Math.min(bytes, largest - Math.min(largest, oldest.held));
        assert.ok(heldBy(source) <= budgetBytes / 4 + largest + overhead);
        assert.ok(heldBy() <= budgetBytes + 3 * (largest + overhead));
        if (closes === 0) open.splice(0, 1)[0]?.account.close();
      }
      for (const { account } of open) account.close();
      // All of it was given back.
      assert.notEqual(budget.open("four", budgetBytes / 4 - overhead), null);
      assert.equal(budget.open("four", 1), null);
    }),
  );
});
