import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessToken } from "../../src/http/access.js";
import { keysRoute } from "../../src/http/keys-route.js";
import { openServer } from "../../src/http/server.js";
import { openLog } from "../../src/log.js";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { unknownSourcesLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { fillChecks, fillOldIncidents, fillUnregistered } from "../helpers/old-history.js";
import { openPages } from "../helpers/open-pages.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { meterReads, type ReadFigures } from "../helpers/read-meter.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const TOKEN = "read-token-of-the-test-";
/** Their names stand in the midst of the old ones. */
const KEYS = ["key_25_one", "key_50_two", "key_75_three"];
/** What is found comes with its neighbours: ClickHouse reads a granule at the least, of 8,192 rows in roll-ups and of a few where rows are large. */
const GRANULES: ReadFigures = { rows: 8192, bytes: 250_000 };

let [young, old] = [] as unknown as [OutboxStory, OutboxStory];
before(async () => {
  [young, old] = await Promise.all([openOutboxStory(), openOutboxStory()]);
  await fillChecks(young.store.client, 8 * 1440, NOW - 20 * MINUTE);
  await fillChecks(old.store.client, 400 * 1440, NOW - 20 * MINUTE);
  await fillOldIncidents(old.store.client, 100_000, NOW);
});
after(async () => {
  await Promise.all([young.close(), old.close()]);
});

function assertBounded(many: ReadonlyMap<string, ReadFigures>, few: ReadonlyMap<string, ReadFigures>): void {
  for (const [name, { rows, bytes }] of many) {
    const of = few.get(name)!;
    const said = `${name} reads ${rows} rows (${bytes} bytes), and ${of.rows} (${of.bytes}) of a young database`;
    assert.ok(rows <= 2 * of.rows + GRANULES.rows && bytes <= 2 * of.bytes + GRANULES.bytes, said);
  }
}

type Part = readonly [name: string, work: () => Promise<unknown>];

async function readsOf(story: OutboxStory, parts: readonly Part[]): Promise<Map<string, ReadFigures>> {
  const meter = meterReads(story.store.client);
  const figures = new Map<string, ReadFigures>();
  for (const [name, work] of parts) figures.set(name, await meter.during(work));
  meter.close();
  return figures;
}

/** Lives through the same minutes in a database, and gives what each part of it read. */
async function live(story: OutboxStory): Promise<Map<string, ReadFigures>> {
  const { store, advanceDeps } = story;
  await store.registry.insertKeys(
    KEYS.map((keyId) => keyVersion({ keyId })),
    "registry",
  );
  for (const keyId of KEYS) await insertEvents(store, perMinute(keyId, NOW - 20 * MINUTE, Array(20).fill(10)));
  await checkKeys(advanceDeps, NOW - 5 * MINUTE);
  await story.find(KEYS.map((keyId, i) => unknownSourcesLeak(keyId, `198.51.100.${i}`, NOW - 5 * MINUTE)));
  const incident = `leak/${KEYS[0]}/${new Date(NOW - 5 * MINUTE).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const pages = await openPages({ advance: advanceDeps, now: () => NOW });
  const view = (path: string) => async () => {
    const answer = await fetch(`${pages.url}${path}`, { headers: { cookie: pages.cookie } });
    assert.equal(answer.status, 200, await answer.text());
  };
  const figures = await readsOf(story, [
    ["the check", () => checkKeys(advanceDeps, NOW)],
    ["the delivery pass", () => story.deliver()],
    ["a pass with nothing to deliver", () => story.deliver()],
    ["the view of an incident", view(`/incidents/${encodeURIComponent(incident)}`)],
    ["the view of a key", view(`/keys/${KEYS[0]}`)],
    ["the view of all keys", view("/")],
    ["the view of coverage", view("/coverage")],
    ["the figures of a scrape", () => store.watch.readHealthFigures()],
    [
      "the incident of an address in PagerDuty",
      () => store.incident.readIncidentOfPage("", "https://acme.pagerduty.com/P1"),
    ],
  ]);
  await pages.close();
  return figures;
}

test("with 100,000 incidents that are over, and their pages, a check, a pass and a view read no more than with none", async () => {
  const few = await live(young);
  assertBounded(await live(old), few);
  assert.equal(young.told().filter((line) => line.startsWith("trigger ")).length, KEYS.length);
  assert.equal(old.told().filter((line) => line.startsWith("trigger ")).length, KEYS.length);
});

test("of 5,000 keys that nobody registered GET /v1/keys/{id} knows each, and reads no more than of one", async () => {
  const { store } = young;
  const tokens = () => [accessToken("viewer", "read", TOKEN)];
  const api = await openServer({
    log: openLog("silent"),
    host: "127.0.0.1",
    port: 0,
    routes: [keysRoute({ store, tokens, identify: () => null, now: () => NOW })],
  });
  const get = async (id: string) => {
    const answer = await fetch(`${api.url}/v1/keys/${id}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return [answer.status, ((await answer.json()) as { state?: string }).state];
  };
  const parts = (id: string): Part[] => [
    ["a key that is registered", async () => assert.deepEqual(await get(KEYS[0]!), [200, "active"])],
    ["a key that nobody registered", async () => assert.deepEqual(await get(id), [200, "unregistered"])],
    ["a key that was never seen", async () => assert.deepEqual(await get("unseen"), [404, undefined])],
  ];
  try {
    await fillUnregistered(store.client, 1, NOW);
    const few = await readsOf(young, parts("nobodys_0"));
    await fillUnregistered(store.client, 5000, NOW - MINUTE);
    assertBounded(await readsOf(young, parts("nobodys_4999")), few);
  } finally {
    await api.close();
  }
});
