import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { openBodyBudget } from "../../src/http/body-budget.js";
import { chargeReading } from "../../src/http/charge-reading.js";
import { drawCanaries } from "../helpers/canaries.js";
import { INGEST_TOKEN, openIngest, type OpenIngest } from "../helpers/open-ingest.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const MIB = 2 ** 20;
const TOKEN = { authorization: `Bearer ${INGEST_TOKEN}`, "content-type": "application/json" };
const FIREHOSE = { "x-amz-firehose-access-key": INGEST_TOKEN };
let deliveries = 0;
/** Every way in for logs. */
const WAYS = {
  format: ["/v1/events?format=nginx&key_from=ip", TOKEN],
  records: ["/v1/events?format=cloudtrail", TOKEN],
  traces: ["/v1/otlp/v1/traces", TOKEN],
  logs: ["/v1/otlp/v1/logs", TOKEN],
  firehose: ["/v1/firehose?format=nginx&key_from=ip", FIREHOSE],
} as const;

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "", { quota: 1_000_000 });
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

const send = async (way: keyof typeof WAYS, body: string | Buffer, headers: Record<string, string> = {}) => {
  const [path, usual] = WAYS[way];
  return ingest.postTo(path, body, { "x-amz-firehose-request-id": `r${(deliveries += 1)}`, ...usual, ...headers });
};
const packed = { "content-encoding": "gzip" };
const asRecords = (records: readonly (string | Buffer)[]) =>
  JSON.stringify({ records: records.map((data) => ({ data: Buffer.from(data).toString("base64") })) });
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const nanos = () => `${Date.now()}000000`;
const logsOf = (records: readonly object[]) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });

/** CPU time of this process (ms), in which the server runs as well: what else the machine does is no matter here. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

test("a gzip of 1 GB of zeros is refused on every way in without the memory for it, also inside a record", async () => {
  const member = gzipSync(Buffer.alloc(16 * MIB));
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => member));
  const rssBefore = process.memoryUsage().rss;
  for (const way of ["format", "traces", "logs", "firehose"] as const)
    assert.equal((await send(way, bomb, packed)).status, 413, way);
  assert.equal((await send("firehose", asRecords([bomb]))).status, 413);
  const small = gzipSync(Buffer.alloc(MIB));
  assert.equal((await send("firehose", asRecords(Array.from({ length: 500 }, () => small)))).status, 413);
  assert.ok(process.memoryUsage().rss - rssBefore < 100 * MIB, `${(process.memoryUsage().rss - rssBefore) / MIB} MiB`);
});

test("a body that is small and becomes millions of objects is refused before it is parsed, however it begins", async () => {
  const objects = `[${"{},".repeat(1_000_000)}{}]`;
  for (const body of [objects, `\ufeff${objects}`, `x\n${objects}`, "[".repeat(1_000_001), `{"a":${objects}}`]) {
    const startedAt = cpuMs();
    const { status, body: told } = await send("records", gzipSync(body), packed);
    assert.deepEqual([status, String(told["error"]).slice(0, 31)], [413, "the body holds too much JSON: a"]);
    assert.ok(cpuMs() - startedAt < 2000);
  }
  assert.equal((await send("traces", gzipSync(objects), packed)).status, 413);
  assert.equal((await send("firehose", gzipSync(`{"records":${objects}}`), packed)).status, 413);
  assert.equal((await send("firehose", asRecords([gzipSync(objects)]))).status, 413);
  // As deep as it may be, it is only none of the format.
  assert.equal((await send("records", `${"[".repeat(900_000)}${"]".repeat(900_000)}`)).status, 400);
});

test("100,000 tiny records are one refusal on every way in, not 100,000", async () => {
  const tiny = Array.from({ length: 100_000 }, () => "x");
  const startedAt = cpuMs();
  assert.equal((await send("format", tiny.join("\n"))).status, 413);
  assert.equal((await send("records", tiny.map(() => "{}").join("\n"))).status, 413);
  assert.equal((await send("logs", logsOf(tiny.map(() => ({}))))).status, 413);
  assert.equal((await send("firehose", asRecords(tiny))).status, 413);
  assert.equal((await send("firehose", asRecords([tiny.join("\n")]))).status, 413);
  assert.ok(cpuMs() - startedAt < 10_000);
});

test("attributes without end, and by the names of what every object has, cost their length and change nothing", async () => {
  const many = Array.from({ length: 60_000 }, (_, index) => attribute(`a${index}`, ""));
  const evil = ["__proto__", "constructor", "toString", "hasOwnProperty"].map((name) => attribute(name, "x"));
  const request = [attribute("http.route", "/v1"), attribute("api_key.id", "evil-1")];
  const spans = Array.from({ length: 3000 }, () => ({ timeUnixNano: nanos(), attributes: [...evil, ...request] }));
  const body = { resourceLogs: [{ resource: { attributes: [...evil, ...many] }, scopeLogs: [{ logRecords: spans }] }] };
  const startedAt = cpuMs();
  assert.deepEqual((await send("logs", JSON.stringify(body))).body, {});
  assert.ok(cpuMs() - startedAt < 5000);
  const { rows } = await ingest.takeAll();
  assert.deepEqual([rows.length, new Set(rows.map(({ key_id: key }) => key))], [3000, new Set(["evil-1"])]);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("what reading a log takes is charged to its source: beside one of its bodies another waits, and a source of its own does not", () => {
  const budget = openBodyBudget(64 * MIB);
  const log = Buffer.alloc(2 * MIB, "198.51.100.7 - ann\n");
  const [first, second] = [budget.open("greedy", log.length)!, budget.open("greedy", log.length)!];
  chargeReading(log, first);
  assert.throws(() => chargeReading(log, second), /too many requests in flight/);
  chargeReading(log, budget.open("other", log.length)!);
  first.close();
  chargeReading(log, second);
});

test("a raw key in an attribute, a header, a query, a line or a delivery is a fingerprint, and stands in no row, answer, error or log", async () => {
  const answers: string[] = [];
  const keys = Object.values(drawCanaries());
  for (const key of keys) {
    const inQuery = encodeURIComponent(key);
    const http = [attribute("http.request.method", "GET"), attribute("http.response.status_code", "200")];
    const besideItself = [
      attribute("http.request.header.x-api-key", key),
      attribute("user_agent.original", `curl/8 ${key}`),
      attribute("http.route", `/v1/keys/${key}/use`),
      attribute("service.name", key),
      attribute("log.record.uid", key),
      attribute("client.address", key),
    ];
    const records = [
      besideItself,
      [attribute("url.path", `/v1/x/${inQuery}`), attribute("url.query", `api_key=${inQuery}`)],
      [attribute("url.full", `https://api.example/v1/x?access_token=${inQuery}#${inQuery}`)],
      [attribute("http.request.header.authorization", `Bearer ${key}`)],
    ].map((more) => ({ timeUnixNano: nanos(), body: { stringValue: key }, attributes: [...http, ...more] }));
    const spans = [
      { kind: 2, name: key, endTimeUnixNano: nanos(), attributes: records[1]!.attributes },
      {
        name: key,
        endTimeUnixNano: nanos(),
        status: { code: 2, message: key },
        attributes: [attribute("gen_ai.prompt", key), attribute("http.request.header.authorization", `Bearer ${key}`)],
      },
    ];
    const clf = new Date().toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, "$1/$2/$3:$4 +0000");
    const line = `198.51.100.7 - - [${clf}] "GET /v1/x?api_key=${inQuery} HTTP/1.1" 200 1 "-" "curl ${key}"`;
    const all = await Promise.all([
      send("logs", logsOf(records)),
      send("traces", JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
      send("format", `${line}\n${key}\n{"message":${JSON.stringify(key)}}`),
      send("firehose", asRecords([line, JSON.stringify({ log: line }), key])),
      // What is refused repeats none of it.
      send("firehose", JSON.stringify({ records: [{ data: key }] })),
      send("firehose", key, { "x-amz-firehose-access-key": key }),
      send("logs", `{"resourceLogs":${key}`),
      send("logs", key, { "content-type": `text/${key.replaceAll(/[^A-Za-z0-9]/g, "")}` }),
      send("traces", logsOf([{ attributes: [...http, attribute("api_key.id", key.padEnd(600, key))] }])),
    ]);
    assert.deepEqual(
      all.map(({ status }) => status),
      [200, 200, 202, 200, 400, 401, 400, 415, 200],
      JSON.stringify(all.map(({ body }) => body)),
    );
    answers.push(...all.map((answer) => JSON.stringify(answer)));
  }
  const { rows } = await ingest.takeAll();
  assert.ok(rows.length >= keys.length * 7);
  // The one that has no shape is also the name of a span.
  assert.deepEqual(
    rows.filter(({ key_id: id }) => !/^(fp_[0-9a-f]{16}|198\.51\.100\.7)$/.test(String(id))),
    [],
  );
  const everywhere = JSON.stringify([rows, await ingest.reservations(), ingest.logged]) + answers.join("\n");
  for (const key of keys) assert.ok(!everywhere.includes(key), `${key.slice(0, 4)}… is there`);
});
