import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { keysRoute } from "../../src/http/keys-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { revokeKey, rotateKeysOfHolder } from "../../src/pipeline/registry/change-keys.js";
import { DISGUISES } from "../helpers/disguises.js";
import { rawKey } from "../helpers/keys-bench.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-03-11T12:00:00Z");
const ADMIN = "admin-token-of-the-test";
const READ = "read-token-of-the-test-";
const logged: string[] = [];
let now = START;
let checks = undefined as unknown as OpenChecks;
let server = undefined as unknown as Server;

before(async () => {
  checks = await openChecks();
  const identify = identifyWith([pepperOf("p".repeat(32))]);
  server = await openServer({
    log: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
    host: "127.0.0.1",
    port: 0,
    routes: [
      keysRoute({
        store: checks.store,
        tokens: () => [accessToken("ops", "admin", ADMIN), accessToken("viewer", "read", READ)],
        identify: () => identify,
        now: () => now,
      }),
    ],
  });
});
after(async () => {
  await server.close();
  await checks.close();
});

const call = async (method: string, path: string, body?: unknown, token = ADMIN) => {
  const answer = await fetch(`${server.url}/v1/keys${path}`, {
    method,
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test("the registry is read with a read or admin token and written with an admin token alone", async () => {
  const refused = [
    await call("GET", "", undefined, ""),
    await call("GET", "", undefined, "nobody-knows-this-token"),
    await call("PUT", "/a", { owner: "x" }, READ),
    await call("PUT", "/a", { owner: "x" }, ""),
    await call("POST", "/a/rotations", { due: "now" }, READ),
    await call("GET", "/a/rotations", undefined, "nobody-knows-this-token"),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [401, 401, 403, 401, 403, 401],
  );
  const { status, body } = await call("GET", "", undefined, READ);
  assert.deepEqual([status, body], [200, []]);
});

test("a key is written as a new version in the token's name, with its raw key nowhere", async () => {
  const path = `/${encodeURIComponent("team/ä key")}`;
  const made = await call("PUT", path, { key: rawKey, owner: "payments", holders: ["ana"], limit_per_minute: 100 });
  assert.deepEqual([made.status, made.body["change"]], [200, "new"]);
  now += MINUTE;
  const same = await call("PUT", path, { owner: "payments", holders: ["ana"], limit_per_minute: 100 });
  assert.deepEqual([same.status, same.body["change"]], [200, "unchanged"]);
  const more = await call("PUT", path, { owner: "payments", holders: ["ana"], limit_per_minute: 150 });
  assert.equal(more.body["change"], "changed");
  const read = await call("GET", path, undefined, READ);
  assert.deepEqual(
    [read.body["limit_per_minute"], read.body["display"], read.body["state"]],
    [150, "sk_live_…OpQr", "active"],
  );
  const rows = await checks.ask("SELECT DISTINCT recorded_by FROM key_versions");
  assert.deepEqual(rows, [{ recorded_by: "ops" }]);
  const all = JSON.stringify([made, same, more, read, await checks.ask("SELECT * FROM key_versions"), logged]);
  assert.ok(!all.includes(rawKey.slice(8)));
});

test("what cannot be written is answered by field, and nothing is written", async () => {
  const already = await checks.ask("SELECT count() AS n FROM key_versions");
  const bad = await call("PUT", "/b", { owner: "x", limitt: 5, allowed_cidrs: ["10.0.0.0/99"] });
  assert.equal(bad.status, 400);
  assert.match(JSON.stringify(bad.body["errors"]), /limitt: is not a field.*|allowed_cidrs\[0\]/);
  assert.equal((await call("PUT", "/b", "[1]")).status, 400);
  assert.equal((await call("PUT", "/b", { key_id: "c" })).status, 400);
  assert.equal((await call("PUT", "/b", { key: rawKey })).status, 409);
  assert.equal((await call("GET", "/b")).status, 404);
  assert.equal((await call("POST", "/b/rotations", { to: "c" })).status, 404);
  assert.equal((await call("POST", "/b/rotations", { too: "c" })).status, 400);
  assert.deepEqual(await checks.ask("SELECT count() AS n FROM key_versions"), already);
});

test("a raw key, or 12 characters of it, is taken in no field beside key, however it is disguised", async () => {
  const already = await checks.ask("SELECT count() AS n FROM key_versions");
  await call("PUT", "/holder", { owner: "payments" });
  // Of no known shape: only beside itself it can be recognised.
  const key = "q7Zk2mWx9TbR4vLs8NcY1pDf";
  const pieces = [
    key,
    key.slice(0, 20),
    key.slice(4, 16),
    ...Object.values(DISGUISES).map((disguise) => disguise(key)),
  ];
  const said: string[] = [];
  for (const piece of pieces) {
    const owner = await call("PUT", "/a", { key, owner: `of ${piece}` });
    const rotation = await call("POST", "/holder/rotations", { to: piece, key });
    assert.deepEqual([owner.status, rotation.status], [400, 400], piece);
    said.push(JSON.stringify([owner.body, rotation.body]));
  }
  const piece = key.slice(2, 22);
  const fields = { display: piece, holders: ["ana", piece], scopes: [piece], prices: { [piece]: 1 }, service: piece };
  for (const [field, value] of Object.entries({
    ...fields,
    replaces: piece,
    runbook_url: `https://x.example/${piece}`,
  })) {
    const { status, body } = await call("PUT", "/a", { key, [field]: value });
    assert.deepEqual(
      [status, JSON.stringify(body["errors"]).includes(`${field}: contains the raw key`)],
      [400, true],
      field,
    );
    said.push(JSON.stringify(body));
  }
  for (const path of [key, piece]) {
    const { status, body } = await call("PUT", `/${path}`, { key });
    assert.equal(status, 400);
    said.push(JSON.stringify(body));
  }
  assert.ok(!said.join().includes(key.slice(4, 16)));
  assert.deepEqual(await checks.ask("SELECT count() - 1 AS n FROM key_versions"), already);
  assert.equal((await call("PUT", "/shown", { key, display: "q7Zk…1pDf" })).status, 200);
});

test("an answer names the first problems, however many there are", async () => {
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`no_field_${n}`, n]));
  const { status, body } = await call("PUT", "/a", fields);
  assert.equal(status, 400);
  assert.ok(JSON.stringify(body).length < 20_000);
  assert.equal((body["errors"] as string[]).at(-1), "and 19980 more");
  const many = await call("PUT", "/a", { holders: Array.from({ length: 1001 }, String), prices: fields });
  assert.deepEqual(many.body["errors"], [
    "holders: must have at most 1000 entries",
    "prices: must have at most 1000 entries",
  ]);
});

test("a rotation is announced, overlaps, is cut over and ends with the revocation, which is refused before its time", async () => {
  const { store } = checks;
  const state = async () => (await call("GET", "/old/rotations", undefined, READ)).body["state"];
  await call("PUT", "/old", { owner: "payments", service: "checkout", holders: ["ana", "bo"], limit_per_minute: 50 });
  assert.equal(await state(), "none");
  const due = new Date(now + 10 * DAY).toISOString();
  const announced = await call("POST", "/old/rotations", { to: "new", key: `${rawKey}2`, due });
  assert.deepEqual([announced.status, announced.body["state"], announced.body["due"]], [201, "announced", due]);
  const made = await call("GET", "/new");
  assert.deepEqual(
    [made.body["service"], made.body["replaces"], made.body["rotate_by"]],
    ["checkout", "old", undefined],
  );
  await insertEvents(store, perMinute("old", now - 10 * MINUTE, [1, 1]));
  const revoke = (force: boolean) => revokeKey(store, { keyId: "old", at: now, force }, "ops", now);
  const early = await revoke(false);
  assert.deepEqual(early.kind === "refused" && early.reasons.length, 2);
  await insertEvents(store, perMinute("new", now - 5 * MINUTE, [1, 1]));
  assert.equal(await state(), "overlap");
  const busy = await revoke(false);
  assert.ok(busy.kind === "refused" && /used within the last hour.*callers would break/.test(busy.reasons.join()));
  now += 2 * HOUR;
  assert.equal(await state(), "cut_over");
  const done = await revoke(false);
  assert.ok(done.kind === "done" && done.state === "revoked" && done.key.revokedAt === now);
  assert.equal((await revoke(true)).kind, "refused");
  assert.equal((await call("POST", "/old/rotations", { due: "now" })).status, 409);
});

test("every key that a person holds is due when they leave, but for those that are revoked", async () => {
  const held = await rotateKeysOfHolder(checks.store, "ana", now, "ops", now);
  assert.deepEqual(held.map(({ keyId }) => keyId).toSorted(), ["new", "team/ä key"]);
  now += MINUTE;
  assert.equal((await call("GET", "/new")).body["state"], "rotation due");
});
