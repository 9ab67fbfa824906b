import assert from "node:assert/strict";
import { test } from "node:test";
import { isSkewed, openClock } from "../../src/time/clock.js";

const HOUR = 3_600_000;
const T = Date.UTC(2026, 2, 8, 2, 11);
/** A clock that is so far from the true time; null: it cannot be asked. */
const shared = (name: string, aheadMs: number | null) => ({
  name,
  read: async () => {
    if (aheadMs === null) throw new Error("away");
    return T + aheadMs;
  },
});

test("of three clocks a wrong one moves nobody; one that answers alone is believed; none leaves the machine's own", async () => {
  type Row = [
    what: string,
    machine: number,
    redis: number | null,
    clickhouse: number | null,
    now: number,
    skewed: boolean,
  ];
  const table: Row[] = [
    ["all agree", 0, 0, 0, 0, false],
    ["all but a little", 20_000, -2_000, 5_000, 5_000, false],
    ["this machine is fast", 2 * HOUR, 0, 0, 0, true],
    ["this machine is slow", -2 * HOUR, 0, 1000, 0, true],
    ["this machine is at the bound", 29_000, 0, 0, 0, false],
    ["Redis is fast", 0, 2 * HOUR, 0, 0, false],
    ["ClickHouse is slow", 0, 0, -2 * HOUR, 0, false],
    ["ClickHouse is away, this machine is fast", 2 * HOUR, 0, null, 0, true],
    ["Redis is away, this machine is fast", 2 * HOUR, null, 0, 0, true],
    ["both are away", 2 * HOUR, null, null, 2 * HOUR, false],
  ];
  for (const [what, machine, redis, clickhouse, now, skewed] of table) {
    const clock = openClock([shared("Redis", redis), shared("ClickHouse", clickhouse)], () => T + machine);
    await clock.measure();
    assert.ok(Math.abs(clock.now() - T - now) < 500, what);
    assert.equal(isSkewed(clock), skewed, what);
  }
});

test("a machine's clock that is set between two measurements moves no time, and is noticed at once", async () => {
  let machine = 0;
  const clock = openClock([shared("Redis", 0), shared("ClickHouse", 0)], () => T + machine);
  assert.equal(clock.aheadMs(), null);
  await clock.measure();
  assert.equal(isSkewed(clock), false);
  assert.ok(Number.isSafeInteger(clock.now()), "a whole number: it is written into texts and parsed from them");
  machine = -HOUR;
  assert.ok(Math.abs(clock.now() - T) < 500);
  assert.equal(isSkewed(clock), true);
});

test("when neither can be asked any more, what was known stays", async () => {
  let away = false;
  const read = async () => (away ? Promise.reject(new Error("away")) : Promise.resolve(T));
  const clock = openClock(
    [
      { name: "Redis", read },
      { name: "ClickHouse", read },
    ],
    () => T + HOUR,
  );
  await clock.measure();
  away = true;
  await clock.measure();
  assert.ok(Math.abs(clock.now() - T) < 500);
  assert.deepEqual([isSkewed(clock), clock.apartMs()], [true, null]);
});
