import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { CheckReport } from "../../src/pipeline/check/check-keys.js";
import { newMemory, watchCoverage, type WatchMemory } from "../../src/pipeline/watch/watch-coverage.js";
import { withHeartbeat } from "../../src/pipeline/check/with-heartbeat.js";
import { MINUTE } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { soundWatch } from "../helpers/sound-watch.js";

// One outage after the other, as of instants of the test's own.
let story = undefined as unknown as OutboxStory;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

/** Both sources are heard as it happens, minute by minute. */
async function hear(source: string, from: number, to: number): Promise<void> {
  await story.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, status, count, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE})) AS ts, 'k', 'gateway', 200, 1, '${source}', ts + toIntervalSecond(3)
      FROM numbers(${(to - from) / MINUTE})`,
  });
}
const memory: WatchMemory = newMemory();
async function watch(now: number, redis: "up" | "down" = "up") {
  const deps = {
    advance: story.advanceDeps,
    deliver: { store: story.store, pager: story.pager, baseUrl: null },
    pingRedis: async () => (redis === "up" ? "PONG" : Promise.reject(new Error("away"))),
    ...soundWatch(story.store),
  };
  const report = await watchCoverage(deps, memory, now);
  return { ...report, told: story.told() };
}

test("a source that falls silent for ten minutes is one page that names it, and ends when it is heard again", async () => {
  await hear("gateway-eu", NOW - 120 * MINUTE, NOW - 10 * MINUTE);
  await hear("gateway-us", NOW - 120 * MINUTE, NOW + 20 * MINUTE);
  const told: string[] = [];
  for (let at = NOW - 10 * MINUTE; at <= NOW; at += MINUTE) told.push(...(await watch(at)).told);
  const opened = new Date(NOW - 5 * MINUTE).toISOString().slice(0, 16).replace(/[-:]/g, "");
  assert.deepEqual(told, [`trigger coverage/source/gateway-eu/${opened}/1 202`]);
  const [alert] = story.receiver.openAlerts();
  assert.match(
    alert!.event.payload!.summary,
    /^Blind to gateway-eu: silent for 5 minutes; keys .* not watched, since \d\d:\d\d UTC$/,
  );
  await hear("gateway-eu", NOW, NOW + 20 * MINUTE);
  const back: string[] = [];
  for (let at = NOW + MINUTE; at <= NOW + 7 * MINUTE; at += MINUTE) back.push(...(await watch(at)).told);
  assert.deepEqual(back, [`resolve coverage/source/gateway-eu/${opened}/1 202`]);
});

test("a Redis that is away pages within two minutes, without Redis, and only for itself; its return ends it", async () => {
  const down = NOW + 20 * MINUTE;
  const told: string[] = [];
  for (let at = down; at < down + 3 * MINUTE; at += 15_000) {
    const round = await watch(at, "down");
    told.push(
      ...round.told.map((line) => `${Math.round((at - down) / 1000)} s: ${line.split("/").slice(0, 3).join("/")}`),
    );
  }
  assert.deepEqual(told, ["60 s: trigger coverage/part/redis"]);
  await hear("gateway-eu", down, down + 10 * MINUTE);
  await hear("gateway-us", down, down + 10 * MINUTE);
  for (let at = down + 3 * MINUTE; at <= down + 9 * MINUTE; at += MINUTE) told.push(...(await watch(at)).told);
  assert.match(told.slice(1).join(), /^resolve coverage\/part\/redis\/\d+T\d+\/1 202$/);
});

test("a page that is refused for good becomes an incident of its own", async () => {
  const at = NOW + 40 * MINUTE;
  await hear("gateway-eu", at - 10 * MINUTE, at);
  await hear("gateway-us", at - 10 * MINUTE, at);
  const page = {
    pageId: "x/1/trigger",
    topic: "incident",
    isMinimal: false,
    incidentId: "x",
    keyId: null,
    action: "trigger",
    dedupKey: "x",
    severity: "error",
  } as const;
  const outcome = { state: "failed", at: Date.now(), responseStatus: 400, problem: "no such routing key" } as const;
  await story.store.page.insertPageState({ ...page, step: 1, place: 0, routingRef: null, body: "{}" }, outcome);
  const { problems, told } = await watch(at);
  assert.deepEqual(problems, [
    "Pages cannot be delivered: 1 refused or abandoned in the last day (no such routing key)",
  ]);
  assert.match(told.join(), /^trigger delivery\/part\/pagerduty/);
});

test("the heartbeat is pinged after a check that judged something, and after no other", async () => {
  const pings: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    pings.push(request.url);
    response.writeHead(request.url === "/away" ? 500 : 200).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const problems: string[] = [];
  const check = async (path: string, report: Partial<CheckReport>) => {
    const done = { live: 1, late: 0, findings: 0, waiting: null, ...report };
    return withHeartbeat(
      `${url}${path}`,
      async () => done,
      (problem) => problems.push(problem),
    );
  };
  await check("/judged", {});
  await check("/waiting", { live: 0, waiting: "first_learning" });
  await check("/nothing-due", { live: 0 });
  await assert.rejects(
    withHeartbeat(
      `${url}/failed`,
      async () => Promise.reject(new Error("no")),
      () => {},
    ),
  );
  assert.equal((await check("/away", {})).live, 1);
  server.close();
  server.closeAllConnections();
  await check("/gone", {});
  assert.deepEqual(
    [pings, problems],
    [
      ["/judged", "/away"],
      ["it answered 500", "TypeError"],
    ],
  );
});
