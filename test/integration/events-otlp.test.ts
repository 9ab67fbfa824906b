import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { INGEST_TOKEN, openIngest, type OpenIngest } from "../helpers/open-ingest.js";
import { fixtureText } from "../helpers/read-fixture.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const TRACES = "/v1/otlp/v1/traces";
const LOGS = "/v1/otlp/v1/logs";
const RAW_KEY = "acme_live_0123456789abcdef";

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

/** As the Collector's otlphttp exporter sends with `encoding: json`: packed. */
const send = async (path: string, body: string, headers: Record<string, string> = {}) =>
  ingest.postTo(path, gzipSync(body), {
    authorization: `Bearer ${INGEST_TOKEN}`,
    "content-type": "application/json",
    "content-encoding": "gzip",
    "user-agent": "OpenTelemetry Collector Contrib/0.139.0 (linux/amd64)",
    ...headers,
  });

test("spans and log records of a Collector are events, and what is none is a partial success that says why; the same again is counted once", async () => {
  const spans = fixtureText("otel/server-spans.json");
  const partial = (rejected: string, reasons: string) => ({
    partialSuccess: { [rejected]: reasons.split(" ", 1)[0], errorMessage: reasons.split(" ").slice(1).join(" ") },
  });
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(await send(TRACES, spans), {
      status: 200,
      retryAfter: null,
      body: partial("rejectedSpans", "1 1 not_a_request; first: record 2: not_a_request: no use of a key"),
    });
  }
  const logs = await send(LOGS, fixtureText("otel/logs.json"));
  assert.deepEqual(
    [logs.status, Object.keys(logs.body["partialSuccess"] as object)],
    [200, ["rejectedLogRecords", "errorMessage"]],
  );
  assert.deepEqual((await send(TRACES, fixtureText("otel/otel-genai-span.json"))).body, {});
  const { rows } = await ingest.takeAll();
  assert.deepEqual(
    rows.map(({ key_id: key, route }) => `${String(key).replace(/^fp_.*/, "fp")} ${String(route)}`).toSorted(),
    [
      "acme-1 /v1/cards/{id}",
      "chat chat",
      "fp /v1/cards",
      "fp /v1/cards/{id}",
      "tenant-7 /v1/charges",
      "tenant-7 /v1/charges/{id}",
    ],
  );
  // In an attribute, a header or a query: it stands nowhere.
  assert.ok(!JSON.stringify([rows, ingest.logged]).includes(RAW_KEY));
});

test("a batch without any use of a key is taken, so that it is not sent again; one that is no OTLP is not", async () => {
  const nothing = fixtureText("otel/server-spans.json").replaceAll('"kind": "SPAN_KIND_SERVER"', '"kind": 2');
  const all = await send(TRACES, nothing.replaceAll('"kind": 2', '"kind": 3'));
  assert.deepEqual([all.status, (all.body["partialSuccess"] as { rejectedSpans: string }).rejectedSpans], [200, "3"]);
  for (const body of ["{", '{"resourceMetrics":[]}', "nonsense", "[7]"]) {
    const { status, body: told } = await send(TRACES, body);
    assert.deepEqual([status, told], [400, { code: 3, message: "no event was acceptable" }], body);
  }
  assert.equal((await ingest.takeAll()).rows.length, 0);
});

test("protobuf is refused in protobuf, with the setting that mends it, and all else in JSON with gRPC's codes", async () => {
  const refused = await fetch(ingest.server.url + LOGS, {
    method: "POST",
    body: new Uint8Array([10, 0]),
    headers: { authorization: `Bearer ${INGEST_TOKEN}`, "content-type": "application/x-protobuf" },
  });
  const bytes = Buffer.from(await refused.arrayBuffer());
  assert.deepEqual([refused.status, refused.headers.get("content-type")], [415, "application/x-protobuf"]);
  // google.rpc.Status: field 1 is the code, field 2 a text with its length before it.
  assert.deepEqual([...bytes.subarray(0, 4)], [0x08, 3, 0x12, bytes.length - 4]);
  assert.match(bytes.subarray(4).toString(), /set encoding: json in the Collector's otlphttp exporter$/);

  const unknown = await send(TRACES, "{}", { authorization: "Bearer nobody" });
  assert.deepEqual(unknown, { status: 401, retryAfter: null, body: { code: 3, message: "unknown token" } });
  const bad = await ingest.postTo(`${TRACES}?key_from=thing`, "{}", {
    authorization: `Bearer ${INGEST_TOKEN}`,
    "content-type": "application/json",
  });
  assert.deepEqual([bad.status, bad.body["message"]], [400, "key_from: must be user, ip or header:<name>"]);
});

test("what is not taken for now is answered so that the Collector sends it again", async () => {
  const spans = fixtureText("otel/server-spans.json");
  ingest.turns.pressed = "all";
  assert.deepEqual(await send(TRACES, spans), {
    status: 429,
    retryAfter: "7",
    body: { code: 14, message: "too old: all" },
  });
  ingest.turns.pressed = "";
  ingest.turns.loseAnswers = true;
  const lost = await send(LOGS, fixtureText("otel/logs.json").replaceAll("acme-1", "acme-2"));
  assert.deepEqual([lost.status, lost.retryAfter, lost.body["code"]], [503, "5", 14]);
  ingest.turns.loseAnswers = false;
  await ingest.takeAll();
});
