import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { readCheckState } from "../../src/pipeline/view/check-state.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const T0 = Date.parse("2026-03-11T14:00:00Z");
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  await insertMinutes(T0 - 3 * DAY, T0 + HOUR);
});

after(() => checks.close());

/** So many rows a minute of one key in [from, to), epoch ms. */
async function insertMinutes(from: number, to: number, rows = 1): Promise<void> {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, status, count, ingest_source)
            SELECT fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number, ${rows}) * ${MINUTE})), 'steady', 'gateway', toIPv6('::ffff:192.0.2.1'), 200, 1, 'gw'
            FROM numbers(${(rows * (to - from)) / MINUTE})`,
  });
}
const lateChecks = async () => checks.ask("SELECT tick FROM check_runs WHERE job = 'check-keys' AND reason = 'late'");

test("before the first learning readiness says that the first check waits for it, and it does so for 15 minutes at most", async () => {
  assert.equal((await readCheckState(checks.store, T0)).checks?.reason, "first_learning");
  assert.equal((await checkKeys(checks.deps, T0 + 45 * SECOND)).waiting, "first_learning");
  const [first] = await checks.ask<{ first_ms: number }>(
    "SELECT toUnixTimestamp64Milli(min(last_ingested_at)) AS first_ms FROM ingest_coverage",
  );
  const later = (ms: number) => ({ ...checks.deps.store, readClock: async () => first!.first_ms + ms });
  const waits = async (ms: number) => (await readCheckState(later(ms), T0)).checks?.reason === "first_learning";
  assert.deepEqual([await waits(15 * MINUTE - 1), await waits(15 * MINUTE)], [true, false]);
  await learnBaselines(checks.deps, T0, T0);
  assert.equal((await checkKeys(checks.deps, T0 + 45 * SECOND)).live, 10);
});

test("one late event every four seconds for yesterday holds no check up, and has the minutes of an hour checked again once in ten minutes", async () => {
  const yesterday = T0 - 20 * HOUR;
  for (let i = 0; i < 12; i += 1) {
    // The minutes are of one hour; each was judged, and gets a row now.
    const at = yesterday + i * 4 * MINUTE;
    if (i === 0) await record(yesterday, yesterday + HOUR);
    await insertMinutes(at, at + MINUTE);
    const now = T0 + MINUTE + 45 * SECOND + i * 10 * SECOND;
    const { waiting } = await checkKeys(checks.deps, now);
    assert.equal(waiting, null);
    assert.equal(await checks.store.check.readCheckCursor(), Math.floor((now - 45 * SECOND) / MINUTE) * MINUTE);
  }
  assert.equal((await lateChecks()).length, 1);
  const { late } = await checkKeys(checks.deps, T0 + 12 * MINUTE);
  assert.equal(late, 11, "the others were checked together when the hour's turn came");
});

test("late minutes of 20 hours wait for their turn once the time of a run is used up, and live minutes do not", async (t) => {
  const [from, to] = [T0 - 19 * HOUR, T0 + HOUR];
  await record(from, T0);
  for (let hour = from; hour < T0; hour += HOUR) await insertMinutes(hour, hour + MINUTE);
  // Reading takes so long that one hour uses the time up.
  let [clock, step] = [performance.now(), 7000];
  t.mock.method(performance, "now", () => (clock += step));
  const deps = { ...checks.deps, memory: new CheckCache() };
  const former = (await lateChecks()).length;
  const first = await checkKeys(deps, T0 + 20 * MINUTE);
  const second = await checkKeys(deps, T0 + 21 * MINUTE);
  assert.ok(first.late > 0 && first.late < 10, `${first.late} late ticks in the first run`);
  assert.ok(second.live > 0 && second.late > 0, JSON.stringify(second));
  // However busy the machine is: for what is left the time of one run is enough.
  step = 0;
  await checkKeys(deps, to - 39 * MINUTE);
  assert.equal((await lateChecks()).length - former, 19);
});

test("a day that lacks rows is named in readiness with the instant from which it is learned again", async () => {
  const today = Math.floor(Date.now() / DAY) * DAY;
  await insertMinutes(today - 3 * DAY, today);
  await learnBaselines(checks.deps, Date.now(), today);
  assert.equal((await readCheckState(checks.store, Date.now())).learning, null);
  await insertMinutes(today - 2 * DAY, today - 2 * DAY + 100 * MINUTE, 20);
  const { learning } = await readCheckState(checks.store, Date.now());
  assert.equal(learning?.reason, "late_rows");
  const day = new Date(today - 2 * DAY).toISOString().slice(0, 10);
  assert.ok(
    learning.text.startsWith(`2,000 rows arrived late for ${day}; baselines will be updated at `),
    learning.text,
  );
});

/** Puts on file that the minutes of a span were judged with the rows that they have. */
async function record(from: number, to: number): Promise<void> {
  await checks.store.client.command({
    query: `INSERT INTO check_runs (job, tick, as_of, reason, outcome, events, recorded_at)
            SELECT 'check-keys', minute + 60, now64(3), 'live', 'evaluated', sum(c.events), now64(3)
            FROM ingest_coverage AS c WHERE minute >= toDateTime(${from / 1000}) AND minute < toDateTime(${to / 1000}) GROUP BY minute`,
  });
}

test("why checks stand is told without a secret, and in a line", async () => {
  const secret = ["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_");
  const state = await readCheckState(
    checks.store,
    Date.now() + DAY,
    async () => `no entry for ${secret}: ${"x".repeat(9000)}`,
  );
  assert.equal(state.checks?.reason, "standing");
  assert.match(state.checks?.text ?? "", /the last one failed: no entry for \[secret\]: x{1,150}$/);
});
