import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { isPage } from "../../src/model/incident/page.js";
import { checkKeys, type CheckKeysDeps } from "../../src/pipeline/check/check-keys.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import type { Store } from "../../src/store/store.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { smallFleet } from "../helpers/small-fleet.js";

// One story in one database, told in order: each test goes on where the one before it ended.
const SEED = Number(process.env["TEST_SEED"] ?? 7);
const [MINUTE, HOUR, SETTLED] = [60_000, 3_600_000, 45_000];
const T0 = Date.parse("2026-03-11T14:00:00Z");
const LEAK_AT = T0 + MINUTE;

const fleet = smallFleet(SEED, T0, LEAK_AT);
let checks = undefined as unknown as OpenChecks;
let [store, deps, found] = [] as unknown as [Store, CheckKeysDeps, readonly Finding[]];

before(async () => {
  checks = await openChecks();
  ({ store, deps, found } = checks);
  assert.ok(fleet.events < 100_000, `${fleet.events} events`);
  await fleet.insertRegistry(store);
  await fleet.insert(store, 0, T0);
});

after(() => checks.close());

const minutes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => T0 + (from + i) * MINUTE);
const attacker = (at: number, changed: object = {}) => ({
  ts: new Date(at).toISOString(),
  key_id: fleet.keys[1],
  source_ip: "198.51.100.7",
  method: "GET",
  route: "/v1/charges",
  status: 200,
  ...changed,
});

test("the very first check waits for the first learning of the history that was brought along, and judges nothing", async () => {
  const report = await checkKeys(deps, T0 + SETTLED);
  assert.deepEqual(report, { live: 0, late: 0, findings: 0, waiting: "first_learning" });
  assert.equal((await checks.runsSince(0)).size, 0);
  const { learned } = await learnBaselines(deps, T0 + SETTLED, T0);
  assert.deepEqual([learned.length, learned[0], learned.at(-1)], [10, "2026-03-01", "2026-03-10"]);
  assert.deepEqual((await learnBaselines(deps, T0 + SETTLED, T0)).learned, []);
});

test("every settled tick is judged once, a leak that begins between two checks is found, and its onset within 3 minutes", async () => {
  assert.deepEqual(await checkKeys(deps, T0 + SETTLED), { live: 10, late: 0, findings: 0, waiting: null });
  await fleet.insert(store, T0, T0 + 6 * MINUTE);
  const report = await checkKeys(deps, T0 + 6 * MINUTE + SETTLED);
  assert.deepEqual([report.live, report.late, report.findings > 0], [6, 0, true]);
  assert.deepEqual(
    [...(await checks.runsSince(0))],
    minutes(-9, 6).map((tick) => [tick, ["live evaluated"]]),
  );
  assert.deepEqual([...new Set(found.map(({ keyId }) => keyId))], [fleet.stolen]);
  for (const { onset } of found) assert.ok(Math.abs(onset - LEAK_AT) <= 3 * MINUTE, new Date(onset).toISOString());
  for (const { severity } of await readOpenIncidents(store)) assert.ok(isPage(severity), severity);
  assert.deepEqual(await checkKeys(deps, T0 + 6 * MINUTE + SETTLED), { live: 0, late: 0, findings: 0, waiting: null });
});

test("a repeated check gives the same findings, byte for byte, and from raw rows also after late rows changed the roll-ups", async () => {
  const span = { hour: T0, ticks: minutes(1, 6) };
  const asOf = found[0]!.asOf;
  const again = async (from: "rollups" | "raw_rows") =>
    JSON.stringify((await checkSpan(deps, span, asOf, from)).findings);
  const live = JSON.stringify(found);
  assert.equal(await again("rollups"), live);
  assert.equal(await again("raw_rows"), live);
  // From the attacker's own address and others, in a minute that was judged.
  const late = { key_id: fleet.stolen, count: 500 };
  await fleet.insert(store, 0, 0, [
    attacker(T0 + 3 * MINUTE + 5000, late),
    attacker(T0 + 3 * MINUTE, { ...late, source_ip: "203.0.113.9" }),
  ]);
  assert.notEqual(await again("rollups"), live);
  assert.equal(await again("raw_rows"), live);
});

test("late rows of a judged minute bring one second check of that minute", async () => {
  const now = T0 + 6 * MINUTE + SETTLED;
  const report = await checkKeys(deps, now);
  assert.deepEqual([report.live, report.late], [0, 1]);
  const runs = await checks.runsSince(T0);
  assert.deepEqual(
    [...runs].filter(([, what]) => what.length > 1),
    [[T0 + 4 * MINUTE, ["live evaluated", "late evaluated"]]],
  );
  assert.equal((await checkKeys(deps, now)).late, 0);
  assert.equal((await readOpenIncidents(store)).length, 1);
});

test("a minute in which nobody was heard is not evaluated, and is once its rows arrive", async () => {
  const silent = T0 + 8 * MINUTE;
  await fleet.insert(store, T0 + 6 * MINUTE, silent);
  await fleet.insert(store, silent + MINUTE, T0 + 10 * MINUTE);
  const now = T0 + 10 * MINUTE + SETTLED;
  assert.equal((await checkKeys(deps, now)).live, 4);
  const ofSilence = async () => (await checks.runsSince(T0)).get(silent + MINUTE);
  assert.deepEqual(await ofSilence(), ["live not_evaluated"]);
  await fleet.insert(store, silent, silent + MINUTE);
  const report = await checkKeys(deps, now);
  assert.deepEqual([report.live, report.late], [0, 1]);
  assert.deepEqual(await ofSilence(), ["live not_evaluated", "late evaluated"]);
  assert.equal((await checkKeys(deps, now)).late, 0);
});

test("a check that dies after its findings and before its cursor is repeated, and leaves one incident and one page", async () => {
  await fleet.insert(
    store,
    T0 + 10 * MINUTE,
    T0 + 14 * MINUTE,
    minutes(11, 13).map((at) => attacker(at, { count: 200_000 })),
  );
  const now = T0 + 14 * MINUTE + SETTLED;
  const dying: Store = {
    ...deps.store,
    check: { ...deps.store.check, insertCheckRuns: async () => Promise.reject(new Error("the process dies here")) },
  };
  await assert.rejects(checkKeys({ ...deps, store: dying }, now), /dies here/);
  const told = async () => ({
    transitions: await checks.ask(
      `SELECT kind, sequence, severity FROM incident_transitions WHERE key_id = '${fleet.keys[1]}'`,
    ),
    pages: (await store.page.readOutbox())
      .filter(({ keyId }) => keyId === fleet.keys[1])
      .map(({ action, severity }) => [action, severity]),
  });
  const once = await told();
  assert.deepEqual(once, {
    transitions: [{ kind: "opened", sequence: 1, severity: "critical" }],
    pages: [["trigger", "critical"]],
  });
  const report = await checkKeys(deps, now);
  assert.deepEqual([report.live, report.findings > 0], [4, true]);
  assert.deepEqual(await told(), once);
  assert.deepEqual(
    [...(await checks.runsSince(T0 + 10 * MINUTE)).values()],
    minutes(1, 4).map(() => ["live evaluated"]),
  );
});

test("a day that got late rows holds no check up, is learned again after an hour and not before, and changes all days after it", async () => {
  const days = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"];
  const snapshots = async (visible: number) =>
    Promise.all(days.map(async (day) => (await store.learn.readBaselines(day, visible)).map((b) => JSON.stringify(b))));
  const old = await snapshots(await store.readClock());
  const at = Date.parse("2026-03-08T09:00:00Z");
  await fleet.insert(
    store,
    T0 + 14 * MINUTE,
    T0 + 40 * MINUTE,
    Array.from({ length: 1000 }, (_, i) => attacker(at + i * 30_000, { key_id: fleet.keys[2] })),
  );
  const { live, waiting } = await checkKeys(deps, T0 + 30 * MINUTE + SETTLED);
  assert.deepEqual([live, waiting], [16, null]);
  assert.deepEqual((await learnBaselines(deps, Date.now(), T0)).learned, []);
  const now = Date.now() + HOUR;
  assert.deepEqual((await learnBaselines(deps, now, T0)).learned, days.slice(1));
  // What is on record counts at once.
  const clock = await store.readClock();
  assert.equal((await store.learn.readNewestLearnedDay("2026-03-11", clock))?.learnedAt, now);
  const bins = await store.learn.readBaselineBins("2026-03-11", [fleet.keys[2]!], clock);
  assert.deepEqual(
    bins.map(({ daysAgo }) => daysAgo),
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );
  const fresh = await snapshots(now);
  const changed = fresh.map((day, i) => day.map((text, k) => text !== old[i]![k]));
  assert.deepEqual(
    changed[0],
    fleet.keys.map(() => false),
  );
  const third = old[0]!.findIndex((text) => text.includes(`"${fleet.keys[2]}"`));
  for (const day of changed.slice(1))
    assert.deepEqual(
      day,
      fleet.keys.map((_, k) => k === third),
    );
  assert.equal((await checkKeys(deps, T0 + 35 * MINUTE + SETTLED)).waiting, null);
});

test("a check that comes back after midnight does not wait for the day that has ended: it goes by the newest that is learned", async () => {
  const midnight = Date.parse("2026-03-12T00:00:00Z");
  await fleet.insert(store, 0, 0, [attacker(midnight + 30_000, { key_id: fleet.keys[0] })]);
  const late = midnight + 2 * MINUTE + SETTLED;
  const report = await checkKeys(deps, late);
  assert.deepEqual([report.live, report.waiting], [(midnight - T0 - 33 * MINUTE) / MINUTE, null]);
  assert.equal(await store.check.readCheckCursor(), midnight + 2 * MINUTE);
  const days = await checks.ask(
    "SELECT DISTINCT baseline_day AS day FROM check_runs WHERE job = 'check-keys' AND tick > '2026-03-12 00:00:00'",
  );
  assert.deepEqual(days, [{ day: "2026-03-10" }]);
});
