import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readLeakAnswer } from "../../src/pipeline/audit/take-leak-reports.js";
import { readPageEvidence } from "../../src/pipeline/page/read-page-evidence.js";
import { newestInvestigation } from "../../src/pipeline/view/investigation-question.js";
import { readLimitHints } from "../../src/pipeline/view/key-card.js";
import { addDays, dayOf, dayStart } from "../../src/time/day.js";
import { bareBaseline } from "../helpers/bare-baseline.js";
import { DAY, finding, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const HOUR_NOW = Math.floor(NOW / HOUR) * HOUR;
const ONSET = NOW - 10 * MINUTE;
const PRINT = "a1b2c3d4e5f60718".padEnd(64, "0");
const FORMER = "fp_a1b2c3d4e5f60718";
let [story, server] = [] as unknown as [OutboxStory, OpenPages];

/** A raw key that was used for four days before it was registered, as the successor of another one at that, and is used elsewhere since. */
before(async () => {
  story = await openOutboxStory();
  server = await openPages({ advance: story.advanceDeps, pager: story.pager, now: () => NOW });
  const { store } = story;
  await store.registry.insertKeys(
    [keyVersion({ keyId: "older" }), keyVersion({ keyId: "embeddings", fingerprints: [PRINT], replaces: "older" })],
    "test",
  );
  for (let day = 4; day > 0; day -= 1)
    await insertEvents(store, perMinute(FORMER, HOUR_NOW - day * DAY + HOUR, Array<number>(60).fill(5)));
  await insertEvents(store, perMinute("embeddings", ONSET - 5 * MINUTE, [1, 1, 1, 1, 1]));
  await insertEvents(store, perMinute("embeddings", ONSET, [7, 7, 7], {}, "203.0.113.9"));
  // In the first hour of a day only the day before it has an hour of which anything was expected.
  for (const ago of [2, 1]) {
    const day = addDays(dayOf(NOW), -ago);
    await store.learn.insertBaselines(day, dayStart(day) + DAY, [bareBaseline(day, FORMER)]);
  }
});
after(async () => {
  await server.close();
  await story.close();
});

const show = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`, { headers: { cookie: server.cookie } });
  return { url: answer.url, text: (await answer.text()).replace(/\s+/g, " ") };
};

test("what people read of a key that was used before it was registered counts the requests under its former id", async () => {
  const { store } = story;
  const about = finding("error", NOW, { keyId: "embeddings", onset: ONSET, tick: NOW, asOf: Date.now() + HOUR });
  const evidence = await readPageEvidence(store, about);
  assert.deepEqual(evidence.keyIds, ["embeddings", FORMER]);
  assert.deepEqual(
    evidence.networksBefore?.map(({ requests }) => requests),
    [1205],
  );
  assert.deepEqual(evidence.newUses, [], "the route is not new");
  const investigation = await newestInvestigation(store, "embeddings", null, NOW, ONSET);
  assert.equal(investigation?.phases.before.requests, 1205);
  assert.deepEqual(
    investigation?.sources.map(({ address, standing }) => [address, standing]),
    [["203.0.113.9", "new system"]],
  );
  const hints = await readLimitHints(store, "embeddings", null, NOW);
  assert.ok(hints.tightest !== null, JSON.stringify(hints));
  const leak = await readLeakAnswer(store, FORMER, { publicSince: NOW - 5 * DAY, isSinceAssumed: false }, NOW);
  assert.deepEqual([leak.state, leak.used[0]?.requests], ["live", 1226]);
  for (const view of ["key_timeline", "key_sources", "key_routes"]) {
    const span = `key_id = 'embeddings', from = '${sqlAt(NOW - 5 * DAY)}', to = '${sqlAt(NOW)}'`;
    const rows = await story.ask<{ n: number }>(`SELECT toUInt32(sum(requests)) AS n FROM ${view}(${span})`);
    assert.equal(rows[0]?.n, 1226, view);
  }
});

test("the page of a key has the history of its former id, which leads to it, and marks only what is new to both", async () => {
  const { url, text } = await show(`/keys/${FORMER}`);
  assert.match(url, /\/keys\/embeddings$/);
  assert.ok(text.includes(`Former id</dt> <dd>${FORMER}`));
  const { text: month } = await show("/keys/embeddings?range=28d");
  assert.ok(month.includes("Peak: 5/min as hourly average"));
  assert.ok(!text.includes("No baseline yet."));
  assert.equal(month.match(/<span class="new">new<\/span>/g)?.length, 1);
});

test("the fleet lists a key once, with its former id beside it", async () => {
  await insertEvents(story.store, perMinute(FORMER, NOW - 2 * HOUR, [4]));
  const { text } = await show("/");
  const keys = text.slice(text.indexOf("Keys: the most dollars"));
  assert.equal([...keys.matchAll(/href="keys\/(.*?)"/g)].map(([, id]) => id).join(), "embeddings");
  assert.ok(keys.includes(`formerly ${FORMER}`));
});

const sqlAt = (at: number) => new Date(at).toISOString().slice(0, 19).replace("T", " ");
