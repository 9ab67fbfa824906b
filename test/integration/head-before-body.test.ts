import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { keysRoute } from "../../src/http/keys-route.js";
import { leaksRoute } from "../../src/http/leaks-route.js";
import { pagerDutyRoute } from "../../src/http/pagerduty-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openSlowSender, type SlowSender } from "../helpers/slow-sender.js";

const MIB = 2 ** 20;
const ADMIN = "admin-token-of-the-test";
const READ = "read-token-of-the-test-";
const SECRET = "webhook-secret-of-the-test";
const github = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const githubKey = github.publicKey.export({ type: "spki", format: "pem" }).toString();

let checks: OpenChecks;
let server: Server;
const senders: SlowSender[] = [];

before(async () => {
  checks = await openChecks();
  const tokens = () => [accessToken("soc", "admin", ADMIN), accessToken("viewer", "read", READ)];
  const { store, deps: advance } = checks;
  server = await openServer({
    log: pino({ level: "silent" }),
    host: "127.0.0.1",
    port: 0,
    routes: [
      leaksRoute({
        advance,
        tokens,
        identify: () => null,
        publicKeys: () => new Map([["k1", githubKey]]),
        now: Date.now,
      }),
      pagerDutyRoute({ advance, secrets: () => [SECRET], now: Date.now }),
      keysRoute({ store, tokens, identify: () => null, now: Date.now }),
    ],
  });
});
after(async () => {
  for (const sender of senders) sender.close();
  await server.close();
  await checks.close();
});

async function headOnly(path: string, headers: Readonly<Record<string, string | number>>): Promise<SlowSender> {
  const sender = await openSlowSender(server.url, path, { "content-type": "application/json", ...headers });
  senders.push(sender);
  return sender;
}

test("who may not send a body is refused by its head, and not a byte of the body is waited for", async () => {
  const bytes = { "content-length": 200_000 };
  const refused: readonly (readonly [path: string, status: number, headers: Readonly<Record<string, string>>])[] = [
    ["/v1/leaks", 401, {}],
    ["/v1/leaks", 403, { authorization: `Bearer ${READ}` }],
    ["/v1/leaks", 401, { "github-public-key-identifier": "k2", "github-public-key-signature": "A".repeat(96) }],
    ["/v1/leaks", 401, { "github-public-key-identifier": "k1", "github-public-key-signature": "no base64!" }],
    ["/v1/webhooks/pagerduty", 401, {}],
    ["/v1/webhooks/pagerduty", 401, { "x-pagerduty-signature": "v1=short" }],
    ["/v1/keys/k/rotations", 401, {}],
    ["/v1/keys/k/rotations", 403, { authorization: `Bearer ${READ}` }],
  ];
  const answers = await Promise.all(
    refused.map(async ([path, , headers]) => (await headOnly(path, { ...bytes, ...headers })).status),
  );
  assert.deepEqual(
    answers,
    refused.map(([, status]) => status),
  );
});

test("a body that says it is over the limit is refused by its head", async () => {
  const signature = { "x-pagerduty-signature": `v1=${"0".repeat(64)}`, "content-length": MIB };
  assert.equal(await (await headOnly("/v1/webhooks/pagerduty", signature)).status, 413);
  const admin = { authorization: `Bearer ${ADMIN}`, "content-length": 2 * MIB };
  assert.equal(await (await headOnly("/v1/leaks", admin)).status, 413);
});

test("slow bodies under made-up signatures keep nobody from being heard whose signature is good", async () => {
  const madeUp = { "x-pagerduty-signature": `v1=${"0".repeat(64)}`, "content-length": 250_000 };
  const slow = await Promise.all(Array.from({ length: 100 }, () => headOnly("/v1/webhooks/pagerduty", madeUp)));
  for (const one of slow) one.send("{");
  const body = JSON.stringify({ event: { event_type: "pagey.ping" } });
  const signature = `v1=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const answer = await fetch(`${server.url}/v1/webhooks/pagerduty`, {
    method: "POST",
    headers: { "x-pagerduty-signature": signature, "content-type": "application/json" },
    body,
  });
  assert.deepEqual([answer.status, await answer.json()], [202, { ignored: "not about an incident" }]);
});
