import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { leaksRoute } from "../../src/http/leaks-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { parseLeakPublicKeys } from "../../src/http/verify-github-signature.js";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, DAY] = [60_000, 86_400_000];
const NOW = Date.parse("2026-03-11T12:00:00Z");
const ADMIN = "admin-token-of-the-test";
const READ = "read-token-of-the-test-";
const secretOf = (name: string) => ["sk", "live", `${name}AbCdEfGhIjKlMnOpQrStUv`].join("_");
const identify = identifyWith([pepperOf("p".repeat(32)), pepperOf("q".repeat(32))]);
const github = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const publicKeys = parseLeakPublicKeys(
  JSON.stringify({
    public_keys: [
      { key_identifier: "k1", key: github.publicKey.export({ type: "spki", format: "pem" }), is_current: true },
    ],
  }),
);
const logged: string[] = [];

let checks = undefined as unknown as OpenChecks;
let server = undefined as unknown as Server;

before(async () => {
  checks = await openChecks();
  const { store, deps } = checks;
  const known = (name: string, more = {}) =>
    keyVersion({ keyId: name, owner: "ops", ...identify(secretOf(name)), ...more });
  await store.registry.insertKeys([known("live"), known("dead", { revokedAt: NOW - DAY })], "keys");
  const unknownSource = `fp_${identify(secretOf("stranger")).fingerprints[1]!.slice(0, 16)}`;
  await insertEvents(store, [
    ...perMinute("live", NOW - 2 * DAY, [7]),
    ...perMinute("live", NOW - 10 * MINUTE, [3, 2], { spendMicros: 250_000 }, "203.0.113.7"),
    ...perMinute(unknownSource, NOW - 3 * DAY, [1]),
  ]);
  server = await openServer({
    log: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
    host: "127.0.0.1",
    port: 0,
    routes: [
      leaksRoute({
        advance: deps,
        tokens: () => [accessToken("soc", "admin", ADMIN), accessToken("viewer", "read", READ)],
        identify: () => identify,
        publicKeys: () => publicKeys,
        now: () => NOW,
      }),
    ],
  });
});
after(async () => {
  await server.close();
  await checks.close();
});

const post = async (body: string, headers: Record<string, string> = { authorization: `Bearer ${ADMIN}` }) => {
  const answer = await fetch(`${server.url}/v1/leaks`, { method: "POST", body, headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const signed = (body: string, signature = sign("sha256", Buffer.from(body), github.privateKey).toString("base64")) =>
  post(body, { "github-public-key-identifier": "k1", "github-public-key-signature": signature });
const report = (name: string, more = {}) => ({ token: secretOf(name), ...more });

test("who shows no admin token and no good signature of GitHub is told nothing, and nothing is taken", async () => {
  const body = JSON.stringify([report("live")]);
  const good = sign("sha256", Buffer.from(body), github.privateKey).toString("base64");
  const refused = [
    await post(body, {}),
    await post(body, { authorization: "Bearer nobody-knows-this-token" }),
    await post(body, { authorization: `Bearer ${READ}` }),
    await signed(`${body} `, good),
    await signed(body, "AAAA"),
    await post(body, { "github-public-key-identifier": "k2", "github-public-key-signature": good }),
    // A bad signature is not made good by a token.
    await post(body, { "github-public-key-signature": "AAAA", authorization: `Bearer ${ADMIN}` }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [401, 401, 403, 401, 401, 401, 401],
  );
  assert.deepEqual(await checks.ask("SELECT key_id FROM leak_reports"), []);
});

test("a body that cannot be used is answered by place and field, never with what stood there", async () => {
  const bad = await post(JSON.stringify([report("live"), { token: 5 }, { ...report("live"), [secretOf("x")]: 1 }]));
  assert.equal(bad.status, 400);
  assert.deepEqual(bad.body["errors"], [
    "report 2: token: must be text",
    "report 3: has 1 unknown field(s); its fields are token, type, url, source, public_since",
  ]);
  assert.deepEqual((await post("{")).status, 400);
  assert.deepEqual(await checks.ask("SELECT key_id FROM leak_reports"), []);
});

test("a live key is answered with its use since it became public and pages at once; a revoked and an unknown one do not", async () => {
  const since = new Date(NOW - 60 * MINUTE).toISOString();
  const url = `https://gist.example/1?token=${secretOf("live")}`;
  const { status, body } = await post(JSON.stringify(report("live", { url, source: "blog", public_since: since })));
  assert.equal(status, 200);
  assert.deepEqual(
    [body["known"], body["live"], body["state"], body["key_id"], body["used_since_public"], body["paged"]],
    [true, true, "live", "live", true, true],
  );
  const [used] = body["used"] as Record<string, unknown>[];
  assert.deepEqual([used?.["requests"], used?.["cost_usd"], used?.["addresses"]], [5, 0.5, 1]);
  assert.equal((body["by"] as { address: string }[])[0]?.address, "203.0.113.7");
  const others = await signed(JSON.stringify([report("dead"), report("nobody", { type: "acme" }), report("stranger")]));
  assert.deepEqual(
    (others.body as unknown as { label: string; token_type: string }[]).map((one) => one.label),
    ["true_positive", "false_positive", "true_positive"],
  );
  assert.ok(!JSON.stringify(others.body).includes("address"));
  const open = await readOpenIncidents(checks.store);
  assert.deepEqual(open.map(({ cause, keyId, severity }) => `${cause} ${keyId?.slice(0, 3)} ${severity}`).toSorted(), [
    "public_key fp_ critical",
    "public_key liv critical",
  ]);
  const pages = await checks.store.page.readOutbox();
  assert.equal(pages.length, 2);
  const page = JSON.parse(pages.find(({ keyId }) => keyId === "live")!.body) as {
    payload: { summary: string; custom_details: Record<string, string> };
  };
  assert.match(page.payload.summary, /is public and still live: 5 requests from 1 address/);
  assert.match(page.payload.custom_details["next_steps"] ?? "", /revoke this one now/);
  assert.deepEqual(await checks.ask("SELECT state, reporter, place FROM leak_reports ORDER BY state, key_id"), [
    { state: "live", reporter: "soc", place: "blog https://gist.example/1" },
    { state: "revoked", reporter: "github", place: "" },
    { state: "unknown", reporter: "github", place: "" },
    { state: "unregistered", reporter: "github", place: "" },
  ]);
});

test("the same report again opens nothing anew", async () => {
  await post(JSON.stringify([report("live"), report("live")]));
  assert.equal((await checks.store.page.readOutbox()).length, 2);
});

test("a reported token is in no table and in no log", async () => {
  const tables = await checks.ask<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase()",
  );
  for (const { name } of tables.filter((one) =>
    /^(leak_reports|finding_records|incident|page_|key_versions)/.test(one.name),
  )) {
    const text = JSON.stringify(await checks.ask(`SELECT * FROM ${name}`));
    for (const key of ["live", "dead", "nobody", "stranger"]) assert.ok(!text.includes(secretOf(key).slice(8)), name);
  }
  assert.ok(!logged.join("\n").includes("AbCdEfGhIjKl"));
});
