import { expect } from "../../src/baseline/expectation.js";
import { observedShares } from "../../src/baseline/observed-slots.js";
import { UNKNOWN_SLOT } from "../../src/model/finding/baseline.js";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { addDays } from "../../src/time/day.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.parse("2026-03-11T14:00:00Z");
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
});

after(() => checks.close());

/** One request a minute of one key in [from, to), epoch ms. */
async function insertMinutes(from: number, to: number, keyId = "steady"): Promise<void> {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, status, count, ingest_source, is_history)
            SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE})), '${keyId}', 'gateway', toIPv6('::ffff:192.0.2.1'), 200, 1, 'gw', true
            FROM numbers(${(to - from) / MINUTE})`,
  });
}

test("minutes of which a batch still waits in the queue are judged once, when it has landed", async () => {
  await insertMinutes(T0 - 10 * MINUTE, T0);
  const waiting = { ...checks.deps, unrecordedSince: async () => T0 };
  const first = await checkKeys(waiting, T0 + MINUTE);
  assert.equal(first.live, 10);
  await insertMinutes(T0, T0 + 5 * MINUTE);
  assert.deepEqual(await checkKeys(checks.deps, T0 + 6 * MINUTE), { live: 6, late: 0, findings: 0, waiting: null });
  const runs = [...(await checks.runsSince(T0 - 9 * MINUTE)).values()];
  assert.deepEqual(new Set(runs.flat()), new Set(["live evaluated"]));
  assert.ok(runs.every((run) => run.length === 1));
});

test("a batch that cannot be recorded does not stop the checks for longer than a minute", async () => {
  await insertMinutes(T0 + 5 * MINUTE, T0 + 20 * MINUTE);
  const stuck = { ...checks.deps, unrecordedSince: async () => T0 + 6 * MINUTE };
  assert.equal((await checkKeys(stuck, T0 + 7 * MINUTE)).live, 0);
  assert.equal((await checkKeys(stuck, T0 + 9 * MINUTE)).live, 3);
});

test("a minute that settles while a batch of it is on its way is judged in the same run, once that has landed", async () => {
  const [from, now] = [T0 + 20 * MINUTE, T0 + 22 * MINUTE];
  let onItsWay: number | null = now - 46_000;
  let waits = 0;
  const pause = async () => {
    waits += 1;
    if (waits < 3) return;
    await insertMinutes(from, from + MINUTE);
    onItsWay = null;
  };
  // The minutes before it are judged without waiting: what is on its way is younger.
  const deps = { ...checks.deps, unrecordedSince: async () => onItsWay, pause };
  await checkKeys(checks.deps, from + 45_000);
  assert.equal((await checkKeys(deps, now)).live, 1);
  assert.equal(waits, 3);
  assert.deepEqual((await checks.runsSince(from)).get(from + MINUTE), ["live evaluated"]);
  onItsWay = now + MINUTE - 46_000;
  const landsNever = { ...deps, pause: async () => void (waits += 1) };
  assert.equal((await checkKeys(landsNever, now + MINUTE)).live, 0, "the next run goes on with it");
  assert.ok(waits < 60);
});

test("a day on which nobody was heard is no day of silence: what was usual before it stays usual", async () => {
  const start = Date.parse("2026-04-01T00:00:00Z");
  await insertMinutes(start, start + 9 * DAY);
  await insertMinutes(start + 10 * DAY, start + 11 * DAY);
  await learnBaselines(checks.deps, Date.now(), start + 11 * DAY + MINUTE);
  const of = async (day: string) =>
    (await checks.store.learn.readBaselines(day, Date.now() + DAY)).find(({ keyId }) => keyId === "steady");
  const [last, unobserved, next] = await Promise.all(["2026-04-09", "2026-04-10", "2026-04-11"].map(of));
  assert.ok(last !== undefined && unobserved !== undefined && next !== undefined);
  assert.deepEqual([new Set(unobserved.slots), unobserved.dailyMaxBins], [new Set([UNKNOWN_SLOT]), []]);
  assert.deepEqual([unobserved.levels, unobserved.losses, unobserved.noise], [last.levels, last.losses, last.noise]);
  // One request a minute is five a slot, on the days before, on the next and as expected after.
  for (const { day, weekly, daily } of [last, unobserved, next]) {
    assert.deepEqual([weekly.at(-1), daily.at(-1)], [5, 5], JSON.stringify({ day, weekly: weekly.length }));
  }
  assert.equal(next.day, addDays(unobserved.day, 1));
});

test("hours in which nobody was heard teach nothing, and no more is expected of windows that reach into them than was heard", async () => {
  const start = Date.parse("2026-05-01T00:00:00Z");
  const [silent, back] = [start + 8 * DAY + 6 * HOUR, start + 8 * DAY + 11 * HOUR];
  await insertMinutes(start, silent, "other");
  await insertMinutes(back, start + 9 * DAY + 3 * HOUR, "other");
  await learnBaselines(checks.deps, Date.now(), start + 9 * DAY + MINUTE);
  const learned = (await checks.store.learn.readBaselines("2026-05-09", Date.now() + DAY)).find(
    ({ keyId }) => keyId === "other",
  );
  assert.ok(learned !== undefined);
  assert.deepEqual(
    learned.slots.map((requests) => requests === UNKNOWN_SLOT),
    learned.slots.map((_, slot) => slot >= 72 && slot < 132),
  );
  assert.deepEqual([...new Set([...learned.daily, ...learned.weekly, learned.flat])], [5]);
  // Noise and levels saw nothing unusual: the day's windows were expected to lack five hours.
  assert.deepEqual(learned.levels, [0, 0, 0]);
  const observed = await checks.store.check.readObservedMinutes(start + 8 * DAY, start + 9 * DAY + 3 * HOUR);
  const shares = observedShares(
    observed.map(({ minute }) => minute),
    start + 8 * DAY,
    start + 9 * DAY + 3 * HOUR,
  );
  const expected = expect(learned, start + 9 * DAY + 3 * HOUR, shares)!.requests;
  assert.deepEqual(
    expected.map((requests) => Math.round(requests * 1e6) / 1e6),
    [15, 60, 360, 1440 - 300],
  );
});
