import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { z } from "zod";
import { accessToken } from "../../src/http/access.js";
import { keysRoute } from "../../src/http/keys-route.js";
import { leaksRoute } from "../../src/http/leaks-route.js";
import { eventSchema } from "../../src/http/openapi/event-schema.js";
import { receiptSchema } from "../../src/http/openapi/ingest-operations.js";
import { errorSchema } from "../../src/http/openapi/operation.js";
import { openApiRoute } from "../../src/http/openapi/openapi-route.js";
import { keyAnswer, rotationAnswer, writtenAnswer } from "../../src/http/openapi/registry-operations.js";
import { leakAnswer } from "../../src/http/openapi/report-operations.js";
import { openServer, type Server } from "../../src/http/server.js";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { rawKey } from "../helpers/keys-bench.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openIngest } from "../helpers/open-ingest.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";
import { testServices } from "../helpers/services.js";

const ADMIN = "admin-token-of-the-test";
let [checks, server] = [] as unknown as [OpenChecks, Server];

before(async () => {
  checks = await openChecks();
  const identify = identifyWith([pepperOf("p".repeat(32))]);
  const access = { tokens: () => [accessToken("ops", "admin", ADMIN)], identify: () => identify, now: Date.now };
  server = await openServer({
    log: pino({ level: "silent" }),
    host: "127.0.0.1",
    port: 0,
    routes: [
      keysRoute({ store: checks.store, ...access }),
      leaksRoute({ advance: checks.deps, publicKeys: () => null, ...access }),
      openApiRoute(),
    ],
  });
});
after(async () => {
  await server.close();
  await checks.close();
});

const call = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${server.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
};

test("the registry, leak reports and their refusals answer as they are described", async () => {
  const rules = [{ kind: "limit_share", percent: 90, for_minutes: 5 }];
  const entry = { key: rawKey, owner: "payments", holders: ["ana"], prices: { "/v1/a": 0.01 }, rules };
  writtenAnswer.parse((await call("PUT", "keys/old", entry)).body);
  await insertEvents(checks.store, perMinute("unregistered", Date.now() - 600_000, [2, 1]));
  const { body: keys } = await call("GET", "keys");
  assert.equal(z.array(keyAnswer).parse(keys).length, 2);
  keyAnswer.parse((await call("GET", "keys/unregistered")).body);
  rotationAnswer.parse((await call("POST", "keys/old/rotations", { to: "new", due: "2030-01-01" })).body);
  rotationAnswer.parse((await call("GET", "keys/old/rotations")).body);
  const leaks = await call("POST", "leaks", [{ token: rawKey, type: "x" }, { token: "of-nobody-at-all" }]);
  assert.equal(z.array(leakAnswer).parse(leaks.body).length, 2);
  for (const refused of [await call("PUT", "keys/b", { no_field: 1 }), await call("GET", "keys/nobody")])
    errorSchema.parse(refused.body);
});

test("ingest answers as it is described, about an event as it is described", async () => {
  const ingest = await openIngest(testServices().redisUrl);
  try {
    const event = { ts: Date.now(), key_id: "k", source_ip: "198.51.100.7", status: 200, cost_usd: "0.01", stauts: 1 };
    eventSchema.parse(event);
    const { status, body } = await ingest.post(`${JSON.stringify(event)}\n{}`);
    assert.deepEqual([status, receiptSchema.parse(body).accepted], [202, 1]);
    errorSchema.parse((await ingest.post("{}")).body);
  } finally {
    await ingest.close();
  }
});

test("the document is served to everybody", async () => {
  const answer = await fetch(`${server.url}/v1/openapi.json`);
  const { openapi } = (await answer.json()) as { readonly openapi: string };
  assert.deepEqual(
    [answer.status, answer.headers.get("content-type"), openapi],
    [200, "application/json; charset=utf-8", "3.1.0"],
  );
});
