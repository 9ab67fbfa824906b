import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newMemory, watchCoverage } from "../../src/pipeline/watch/watch-coverage.js";
import { finding, HOUR, MINUTE, signals, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { soundWatch } from "../helpers/sound-watch.js";

// Plimsoll is stopped now, and started again after 18 minutes; instants are the test's own.
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const START = NOW + 18 * MINUTE;
let story = undefined as unknown as OutboxStory;
before(async () => {
  story = await openOutboxStory();
  await checked(NOW);
  await hear(NOW - 120 * MINUTE, NOW);
});
after(() => story.close());

const checked = async (tick: number) =>
  story.store.check.insertCheckRuns([
    {
      job: "check-keys",
      tick,
      asOf: tick,
      reason: "live",
      outcome: "evaluated",
      detail: "",
      events: 1,
      version: 0,
      keys: 1,
      findings: 0,
      baselineDay: null,
      durationMs: 1,
    },
  ]);
const hear = async (from: number, to: number) =>
  story.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, status, count, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE})) AS ts, 'k', 'gateway', 200, 1, 'edge', ts + toIntervalSecond(3)
      FROM numbers(${(to - from) / MINUTE})`,
  });
/** What a watch tells, minute by minute: one in a process that started then (null: that looks once). */
async function watch(from: number, to: number, startedAt: number | null): Promise<string[]> {
  const deps = {
    advance: story.advanceDeps,
    deliver: { store: story.store, pager: story.pager, baseUrl: null },
    pingRedis: async () => "PONG",
    ...soundWatch(story.store),
  };
  const told: string[] = [];
  for (let at = from; at < to; at += MINUTE) {
    await watchCoverage(deps, { ...newMemory(), ...(startedAt === null ? {} : { startedAt }) }, at);
    told.push(...story.told().map((line) => `${(at - START) / MINUTE} min: ${line.replace(/\/\d{8}T.*/, "")}`));
  }
  return told;
}

test("a start after a time away pages nobody of that time; what still stands five minutes later does, and who looks once is told at once", async () => {
  assert.deepEqual(await watch(START, START + 5 * MINUTE, START), []);
  const later = await watch(START + 5 * MINUTE, START + 6 * MINUTE, START);
  assert.deepEqual(later.toSorted(), ["5 min: trigger coverage/part/checks", "5 min: trigger coverage/source/edge"]);
  const alert = story.receiver.openAlerts().find(({ dedupKey }) => dedupKey.includes("part/checks"));
  assert.match(alert!.event.payload!.summary, /no key was checked for 23 minutes/);
});

test("what on-call was told of before a restart, and still holds, is neither ended nor told again by it", async () => {
  const again = START + 30 * MINUTE;
  assert.deepEqual(await watch(again, again + 8 * MINUTE, again), []);
  assert.equal(story.receiver.openAlerts().length, 2);
});

test("a watch that runs once, from cron, has no start to wait for", async () => {
  const other = await openOutboxStory();
  const run = story;
  story = other;
  try {
    await checked(NOW);
    assert.deepEqual(await watch(START, START + MINUTE, null), ["0 min: trigger coverage/part/checks"]);
  } finally {
    story = run;
    await other.close();
  }
});

test("a page whose incident ended while nothing could be sent wakes nobody: one notice says what was missed, and where a try may have arrived its end is sent", async () => {
  const leak = (keyId: string) => ({
    keyId,
    one: finding("error", T, { keyId, summary: `${keyId}: a leak` }),
    id: `leak/${keyId}/20260308T1200`,
  });
  const [never, tried, open] = [leak("never"), leak("tried"), leak("open")];
  await story.find([never.one, tried.one, open.one]);
  story.receiver.answerNext("server-error", "server-error", "server-error");
  await story.deliver();
  await story.find([finding("critical", T + 2 * HOUR, { keyId: open.keyId, signals: signals(["spend", 8]) })], []);
  await story.find([], [T + 25 * HOUR]);
  story.told();
  const report = await story.deliver(10 * MINUTE);
  const told = story.told();
  assert.ok(
    told.every((line) => !line.startsWith(`trigger ${never.id}`) && !line.startsWith(`trigger ${tried.id}`)),
    told.join("\n"),
  );
  assert.deepEqual(
    told.filter((line) => line.startsWith(`trigger ${open.id}`)),
    [`trigger ${open.id}/1 202`, `trigger ${open.id}/2 202`],
  );
  assert.ok(
    [never, tried].every(({ id }) => told.includes(`resolve ${id}/1 202`)),
    told.join("\n"),
  );
  assert.equal(report.dropped, 2);
  const late = story.receiver.openAlerts().filter(({ dedupKey }) => dedupKey.startsWith("plimsoll/late/"));
  assert.deepEqual(
    late.map(({ event }) => [event.payload?.severity, event.payload?.summary]),
    [
      [
        "warning",
        `2 incidents began and ended before pages could be sent (${never.keyId}, ${tried.keyId}): no page was sent`,
      ],
    ],
  );
  const [row] = await story.ask<{ state: string; problem: string }>(
    `SELECT state, problem FROM pages WHERE page_id = '${never.id}/1/trigger'`,
  );
  assert.equal(row?.state, "dropped");
  assert.match(row.problem, /^its incident was over before it could be sent: told in late\//);
  assert.deepEqual(await story.deliver(20 * MINUTE), { sent: 0, failed: 0, dropped: 0, left: 0 });
});
