import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { openEventQuota } from "../../src/http/event-quota.js";
import { judgePressure, type PressureReading } from "../../src/pipeline/judge-pressure.js";

const MIB = 2 ** 20;
const limits = { memoryPercent: 70, events: 1000, ageMinutes: 60 };
const reading = (changed: Partial<PressureReading["depth"]>, maxMib = 64): PressureReading => ({
  depth: { rows: 0, bytes: 0, blocks: 0, oldestAt: null, readAt: 100 * 60_000, ...changed },
  memory: { usedBytes: 40 * MIB, maxBytes: maxMib * MIB },
});
const reasonOf = (read: PressureReading, added = 0) => judgePressure(read, limits, added)?.reason ?? null;

test("ingest is refused before Redis is full, counting what was committed since it was asked", () => {
  assert.equal(reasonOf(reading({})), null);
  assert.equal(reasonOf(reading({}), 4 * MIB), null);
  assert.equal(reasonOf(reading({}), 5 * MIB), "redis_memory");
  // A Redis without a bound has none to come near to.
  assert.equal(reasonOf(reading({}, 0), 500 * MIB), null);
});

test("ingest is refused while too many events wait, or one for too long", () => {
  assert.equal(reasonOf(reading({ rows: 1000, oldestAt: 40 * 60_000 })), null);
  assert.equal(reasonOf(reading({ rows: 1001 })), "too_many_events");
  assert.equal(reasonOf(reading({ rows: 1, oldestAt: 40 * 60_000 - 1 })), "too_old");
});

test("over any stretch a source sends no more than its burst, its rate and one body", () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(3000), events: fc.nat(20_000) }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20_000 }), (requests, perSecond) => {
      const quota = openEventQuota(perSecond);
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
  const quota = openEventQuota(0);
  quota.spend("one", 1e9, 0);
  assert.equal(quota.waitMs("one", 0), 0);
});
