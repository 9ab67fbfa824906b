import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { newMemory, readCoverageFacts } from "../../src/pipeline/watch/watch-coverage.js";
import type { CheckRun } from "../../src/store/check/checks.js";
import { MINUTE } from "../helpers/incident-parts.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { soundWatch } from "../helpers/sound-watch.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let checks = undefined as unknown as OpenChecks;
before(async () => void (checks = await openChecks()));
after(() => checks.close());

const watch = async (now: number) => {
  const { store, deps } = checks;
  const deliver = { store, pager: null, baseUrl: null };
  const watchDeps = { advance: deps, deliver, pingRedis: async () => "PONG", ...soundWatch(store) };
  const facts = await readCoverageFacts(watchDeps, newMemory(), now);
  return { facts, problems: judgeCoverage(facts, now).map(({ subject }) => printSubject(subject)) };
};
/** Rows of a source, one a minute, written at an instant, or three seconds after each minute. */
const hear = async (source: string, from: number, minutes: number, writtenAt?: number) =>
  checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, status, count, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE})) AS ts, 'k', 'gateway', 200, 1, '${source}',
        ${writtenAt === undefined ? "ts + toIntervalSecond(3)" : `fromUnixTimestamp64Milli(toInt64(${writtenAt}))`}
      FROM numbers(${minutes})`,
  });
const run = (tick: number): CheckRun => ({
  job: "check-keys",
  tick,
  asOf: NOW,
  reason: "live",
  outcome: "evaluated",
  detail: "",
  events: 0,
  version: 0,
  keys: 1,
  findings: 0,
  baselineDay: null,
  durationMs: 5,
});

test("minutes to come that a wrong clock marked as checked are ignored and told, and checks go on minute by minute", async () => {
  const { store, deps } = checks;
  await hear("gateway", NOW - 20 * MINUTE, 20);
  await store.check.insertCheckRuns([run(NOW - 5 * MINUTE)]);
  await store.check.insertCheckRuns(Array.from({ length: 120 }, (_, i) => run(NOW + (i + 5) * MINUTE)));
  assert.equal(await store.check.readCheckCursor(), NOW - 5 * MINUTE);
  const { facts, problems } = await watch(NOW);
  assert.deepEqual([facts.checks?.checkedUntil, facts.checks?.futureUntil], [NOW - 5 * MINUTE, NOW + 124 * MINUTE]);
  assert.deepEqual(problems, ["clock/checks"]);
  await learnBaselines(deps, NOW, NOW);
  const report = await checkKeys(deps, NOW + 50_000);
  assert.deepEqual([report.waiting, report.live], [null, 5]);
  assert.equal(await store.check.readCheckCursor(), NOW);
});

test("a source that a wrong clock marked as heard for two hours to come is told at once, and is silent when it is", async () => {
  await hear("fast", NOW - 60 * MINUTE, 60);
  await hear("fast", NOW, 120, NOW);
  assert.ok((await watch(NOW)).problems.includes("clock/source/fast"));
  const later = await watch(NOW + 10 * MINUTE);
  assert.ok(later.problems.includes("source/fast"), later.problems.join());
  assert.equal(later.facts.sources.find(({ source }) => source === "fast")?.observedUntil, NOW);
});

test("a minute is not taken for heard by rows that were written long before it began", async () => {
  await hear("fast", NOW + 200 * MINUTE, 30, NOW);
  await hear("gateway", NOW + 205 * MINUTE, 2);
  const observed = await checks.store.check.readObservedMinutes(NOW + 200 * MINUTE, NOW + 230 * MINUTE);
  assert.deepEqual(
    observed.map(({ minute }) => (minute - NOW) / MINUTE),
    [205, 206],
  );
});
