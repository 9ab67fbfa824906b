import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { findingsAnswer } from "../../src/http/reads/answer-schemas.js";
import { readsRoute } from "../../src/http/reads/reads-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { RECORDED, recordFindings } from "../helpers/recorded-rows.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const HOUR = 3_600_000;
const TOKEN = "read-token-of-the-test-";
let [checks, server] = [] as unknown as [OpenChecks, Server];

before(async () => {
  checks = await openChecks();
  const tokens = () => [accessToken("read", "read", TOKEN)];
  server = await openServer({
    log: pino({ level: "silent" }),
    host: "127.0.0.1",
    port: 0,
    routes: [readsRoute({ store: checks.store, tokens })],
  });
});
after(async () => {
  await server.close();
  await checks.close();
});

const get = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const text = await answer.text();
  return { status: answer.status, text, body: JSON.parse(text) as Record<string, unknown> };
};

test("a key that is neither registered nor seen in traffic is 404 in every listing, never an empty one, and is not repeated", async () => {
  const raw = ["sk", "live", "STRFFFF1f8e7d6c5b4a3210QQ"].join("_");
  for (const key of ["nosuch", "USED", raw]) {
    for (const path of [
      `findings?key=${key}`,
      `findings?format=ocsf&key=${key}`,
      `incidents?key=${key}`,
      `keys/${key}/usage`,
    ]) {
      const { status, body } = await get(`/v1/${path}`);
      assert.deepEqual([status, body], [404, { error: "unknown key" }], path);
    }
  }
  // Nothing was found of it, and that is an answer: it is known by its traffic, or by what was found otherwise.
  await insertEvents(checks.store, perMinute("used", RECORDED - HOUR, [3]));
  await recordFindings(checks.store.client, [1, 0]);
  assert.deepEqual(findingsAnswer.parse((await get("/v1/findings?key=used")).body).findings, []);
  assert.deepEqual(findingsAnswer.parse((await get("/v1/findings?key=k1&cause=scope")).body).findings, []);
});

test("a parameter that is given twice is told to be given once, and a method that a path does not take what it takes", async () => {
  const since = "since=2026-03-08T02:00:00Z";
  for (const query of [
    "limit=1&limit=2",
    "format=json&format=ocsf",
    `${since}&${since}`,
    "key=a&key=b",
    "cursor=&cursor=",
    "severity=critical&severity=warning",
    "cause=leak&cause=rule",
  ]) {
    const { status, body } = await get(`/v1/findings?${query}`);
    assert.deepEqual([status, body["errors"]], [400, [`${query.split("=")[0]}: must be given once`]], query);
  }
  const states = await get("/v1/incidents?state=open&state=resolved");
  assert.deepEqual([states.status, states.body["errors"]], [400, ["state: must be given once"]]);
  for (const [method, path, allowed] of [
    ["POST", "/v1/findings", "GET, HEAD"],
    ["DELETE", "/v1/keys/used/usage?per=day", "GET, HEAD"],
  ] as const) {
    const answer = await fetch(server.url + path, { method, headers: { authorization: `Bearer ${TOKEN}` } });
    assert.deepEqual([answer.status, answer.headers.get("allow")], [405, allowed]);
    assert.deepEqual(await answer.json(), { error: `method not allowed: this path takes ${allowed}` });
  }
  for (const path of ["/v1/nothing", "/v1/keys//usage"])
    assert.equal((await fetch(server.url + path, { method: "POST" })).status, 404);
});

test("what cannot be asked is 400 with the field and the fix, and no value", async () => {
  const cursor = findingsAnswer.parse((await get("/v1/findings")).body).next_cursor;
  for (const [path, field] of [
    ["findings?limit=0", "limit"],
    ["findings?limit=1001", "limit"],
    ["findings?limit=zebra", "limit"],
    ["findings?limit=1e2", "limit"],
    ["findings?limit=0x10", "limit"],
    ["findings?limit=%2010", "limit"],
    ["findings?limit=", "limit"],
    ["keys/used/usage?limit=1.0", "limit"],
    ["findings?severity=zebra", "severity"],
    ["findings?cause=leak,zebra", "cause"],
    ["findings?since=zebra", "since"],
    ["findings?since=2026-03-08T02:00:00Z&until=2026-03-08T01:00:00Z", "until"],
    ["findings?until=2400-01-01T00:00:00Z", "until"],
    ["findings?format=zebra", "format"],
    ["findings?key=", "key"],
    ["findings?state=open", "state"],
    ["findings?cursor=zebra", "cursor"],
    [`findings?cursor=${cursor}x`, "cursor"],
    [`incidents?cursor=${cursor}`, "cursor"],
    ["incidents?state=zebra", "state"],
    ["incidents?sk_live_4eC39HqLyjWDarjtT1zdp7dc=1", ""],
    ["keys/used/usage?per=zebra", "per"],
  ] as const) {
    const { status, body, text } = await get(`/v1/${path}`);
    assert.equal(status, 400, path);
    const [first = ""] = body["errors"] as string[];
    assert.match(first, new RegExp(`^${field}.*: \\S`), path);
    assert.doesNotMatch(text, /zebra|4eC39HqLyj/, path);
  }
});
