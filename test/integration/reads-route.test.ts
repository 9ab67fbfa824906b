import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { findingsAnswer, incidentsAnswer, usageAnswer } from "../../src/http/reads/answer-schemas.js";
import { readsRoute } from "../../src/http/reads/reads-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { Secret } from "../../src/secret.js";
import { openStore } from "../../src/store/store.js";
import { observeStore } from "../helpers/observe-store.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { RECORDED, recordFindings, recordSteps } from "../helpers/recorded-rows.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";
import { until } from "../helpers/until.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const TOKENS = {
  read: "read-token-of-the-test-",
  ingest: "ingest-token-of-the-test",
  admin: "admin-token-of-the-test",
};
const tokens = () => Object.entries(TOKENS).map(([right, token]) => accessToken(right, right as "read", token));
let [checks, server] = [] as unknown as [OpenChecks, Server];

const serve = async (store: OpenChecks["store"]) =>
  openServer({
    log: pino({ level: "silent" }),
    host: "127.0.0.1",
    port: 0,
    routes: [readsRoute({ store, tokens })],
  });

before(async () => {
  checks = await openChecks();
  server = await serve(checks.store);
});
after(async () => {
  await server.close();
  await checks.close();
});

const get = async (path: string, token: string = TOKENS.read, from = server) => {
  const answer = await fetch(`${from.url}${path}`, {
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as Record<string, unknown> };
};

const insertFindings = async (...given: readonly (readonly [number, number | null])[]) =>
  recordFindings(checks.store.client, ...given);
const insertSteps = async (number: number, afterSeconds: number, ...kinds: readonly string[]) =>
  recordSteps(checks.store.client, number, afterSeconds, ...kinds);

test("findings are paged in the order of their recording: none twice, none left out, while others arrive", async () => {
  // Six of one insert, as a check of many keys writes them.
  await insertFindings([1, 0], [2, 5], [3, 5], [4, 5], [5, 5], [6, 5], [7, 5], [8, 9]);
  let arrived = 8;
  for (const limit of [1, 2, 3, 5, 1000]) {
    const seen: string[] = [];
    let cursor = "";
    for (let more = true; more;) {
      const { status, body } = await get(`/v1/findings?limit=${limit}${cursor}`);
      assert.equal(status, 200);
      const page = findingsAnswer.parse(body);
      assert.ok(page.findings.length <= limit);
      seen.push(...page.findings.map(({ finding_id }) => finding_id));
      cursor = `&cursor=${page.next_cursor}`;
      more = page.has_more;
      if (limit < 4 && seen.length < 6) await insertFindings([(arrived += 1), 10 + arrived]);
    }
    const rows = await checks.ask<{ id: string }>(
      "SELECT finding_id AS id FROM findings ORDER BY recorded_at, finding_id",
    );
    assert.deepEqual(
      seen,
      rows.map(({ id }) => id),
    );
  }
});

test("what was just recorded waits until no earlier row can come after it, and then follows the last cursor", async () => {
  const all = findingsAnswer.parse((await get("/v1/findings?limit=1000")).body);
  await insertFindings([100, null]);
  const next = async () => (await get(`/v1/findings?cursor=${all.next_cursor}`)).body;
  const soon = findingsAnswer.parse(await next());
  assert.deepEqual([soon.findings, soon.has_more, soon.next_cursor], [[], false, all.next_cursor]);
  await until("it is listed", async () => findingsAnswer.parse(await next()).findings.length === 1, 20_000);
});

test("findings are those of a key, of causes, severities and a span of ticks", async () => {
  const asked = async (query: string) => findingsAnswer.parse((await get(`/v1/findings?limit=1000${query}`)).body);
  const { findings } = await asked("");
  const tick = new Date(RECORDED - 3 * MINUTE).toISOString();
  for (const [query, holds] of [
    ["&key=k1", (one) => one.key_id === "k1"],
    ["&cause=rule", (one) => one.cause === "rule"],
    ["&cause=rule,leak&severity=critical", (one) => one.severity === "critical"],
    ["&severity=critical,info", (one) => one.severity === "critical"],
    [`&since=${tick}`, (one) => one.tick >= tick],
    [`&until=${tick}`, (one) => one.tick < tick],
    ["&cause=scope", () => false],
  ] as readonly (readonly [string, (one: (typeof findings)[number]) => boolean])[]) {
    assert.deepEqual((await asked(query)).findings, findings.filter(holds), query);
  }
});

test("incidents are paged in the order of their opening, also while they change, with their state now", async () => {
  await insertSteps(1, 0, "opened");
  await insertSteps(2, 1, "opened", "resolved");
  await insertSteps(3, 1, "opened", "acknowledged");
  await insertSteps(4, 2, "opened", "quieted");
  const seen: string[] = [];
  let cursor = "";
  for (let more = true; more;) {
    const page = incidentsAnswer.parse((await get(`/v1/incidents?limit=1${cursor}`)).body);
    seen.push(...page.incidents.map(({ incident_id, state }) => `${incident_id} ${state}`));
    [cursor, more] = [`&cursor=${page.next_cursor}`, page.has_more];
    if (seen.length === 1) await insertSteps(5, 3, "opened", "resolved");
  }
  assert.deepEqual(seen, ["i1 open", "i2 resolved", "i3 acknowledged", "i4 quiet", "i5 resolved"]);
  const asked = async (query: string) =>
    incidentsAnswer.parse((await get(`/v1/incidents?${query}`)).body).incidents.map(({ incident_id }) => incident_id);
  assert.deepEqual(await asked("state=open,quiet"), ["i1", "i4"]);
  assert.deepEqual(await asked("key=k2&state=resolved"), ["i2", "i5"]);
  assert.deepEqual(await asked(`until=${new Date(RECORDED - HOUR).toISOString()}`), []);
});

test("usage of a key adds up by minute, hour and day, a page after the other", async () => {
  await insertEvents(checks.store, perMinute("used", RECORDED - 3 * HOUR, [3, 1, 2]));
  const sums: number[] = [];
  for (const per of ["minute", "hour", "day"]) {
    let [cursor, sum, rows] = ["", 0, 0];
    for (let more = true; more;) {
      const page = usageAnswer.parse((await get(`/v1/keys/used/usage?per=${per}&limit=1${cursor}`)).body);
      for (const { requests } of page.usage) [sum, rows] = [sum + requests, rows + 1];
      [cursor, more] = [`&cursor=${page.next_cursor}`, page.has_more];
    }
    sums.push(sum);
    assert.equal(rows, per === "minute" ? 3 : rows);
  }
  assert.deepEqual(sums, [6, 6, 6]);
  assert.deepEqual((await get("/v1/keys/nobody/usage")).status, 404);
});

test("reading takes a read or an admin token", async () => {
  for (const path of ["/v1/findings", "/v1/incidents", "/v1/keys/used/usage"]) {
    const statuses = [];
    for (const token of ["", "nobody-knows-this-token", TOKENS.ingest, TOKENS.read, TOKENS.admin])
      statuses.push((await get(path, token)).status);
    assert.deepEqual(statuses, [401, 401, 403, 200, 200]);
  }
});

test("while ClickHouse is away nothing is said of what there is", async () => {
  const away = openStore(new Secret("http://plimsoll:x@127.0.0.1:9/plimsoll"));
  const other = await serve(away);
  for (const path of ["/v1/findings", "/v1/incidents?key=k1", "/v1/keys/used/usage"]) {
    const { status, headers, body } = await get(path, TOKENS.read, other);
    assert.deepEqual([status, headers.get("retry-after"), Object.keys(body)], [503, "5", ["error"]], path);
  }
  await other.close();
  await away.close();
});

test("a fault of ours is 500, and nobody is asked to try again", async () => {
  const other = await serve(observeStore(checks.store, async () => Reflect.get(undefined as never, "of nothing")));
  const { status, body } = await get("/v1/findings", TOKENS.read, other);
  assert.deepEqual([status, body], [500, { error: "internal error" }]);
  await other.close();
});
