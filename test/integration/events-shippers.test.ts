import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { INGEST_TOKEN, openIngest, type OpenIngest } from "../helpers/open-ingest.js";
import { fixtureText } from "../helpers/read-fixture.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const page = readFileSync(join(import.meta.dirname, "../../../docs/shippers.md"), "utf8");
const TOKEN = { authorization: `Bearer ${INGEST_TOKEN}` };
const JSON_TYPE = { "content-type": "application/json" };
const NDJSON_TYPE = { "content-type": "application/x-ndjson" };
const combined = fixtureText("nginx/combined.log").trim().split("\n");
const oneLine = (place: string) => JSON.stringify(JSON.parse(fixtureText(place)));
const logRecords = combined.map((stringValue) => ({
  timeUnixNano: "0",
  observedTimeUnixNano: "1795697841700000000",
  body: { stringValue },
  attributes: [{ key: "log.file.name", value: { stringValue: "access.log" } }],
}));

/** A request as a product sends it by its documentation, under the section of docs/shippers.md that has its configuration. */
interface Recorded {
  readonly section: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isPacked?: boolean;
  readonly rows: number;
}

const vector = combined.map((message, index) => ({
  file: "/var/log/nginx/access.log",
  host: "edge-1",
  message,
  source_type: "file",
  timestamp: `2026-11-26T12:57:21.63393145${index}Z`,
}));
const fluent = combined.map((log, index) => ({ date: 1_795_697_841.633_931 + index, log }));
const lines = (records: readonly object[]) => records.map((one) => `${JSON.stringify(one)}\n`).join("");
const NGINX = "/v1/events?format=nginx&key_from=user";
const USERS = combined.filter((line) => !/^\S+ - - /.test(line)).length;

const RECORDED: Readonly<Record<string, Recorded>> = {
  "Vector, lines of text": {
    section: "Vector",
    path: NGINX,
    headers: { ...TOKEN, "content-type": "text/plain", "user-agent": "Vector/0.51.0 (x86_64-unknown-linux-gnu)" },
    body: `${combined.join("\n")}\n`,
    isPacked: true,
    rows: USERS,
  },
  "Vector, JSON a line": {
    section: "Vector",
    path: NGINX,
    headers: { ...TOKEN, ...NDJSON_TYPE },
    body: lines(vector),
    rows: USERS,
  },
  "Vector, a list": {
    section: "Vector",
    path: NGINX,
    headers: { ...TOKEN, ...JSON_TYPE },
    body: JSON.stringify(vector),
    rows: USERS,
  },
  "Fluent Bit, json_lines": {
    section: "Fluent Bit",
    path: NGINX,
    headers: { ...TOKEN, ...NDJSON_TYPE, "user-agent": "Fluent-Bit" },
    body: lines(fluent),
    isPacked: true,
    rows: USERS,
  },
  "Fluent Bit, json_stream": {
    section: "Fluent Bit",
    path: NGINX,
    headers: { ...TOKEN, ...JSON_TYPE },
    body: fluent.map((one) => JSON.stringify(one)).join(""),
    rows: USERS,
  },
  "Collector, lines of a file": {
    section: "OpenTelemetry Collector",
    path: "/v1/otlp/v1/logs?format=nginx&key_from=user",
    headers: { ...TOKEN, ...JSON_TYPE },
    body: JSON.stringify({ resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords }] }] }),
    isPacked: true,
    rows: USERS,
  },
  "LiteLLM, a list of payloads": {
    section: "LiteLLM",
    path: "/v1/events?format=litellm",
    headers: { ...TOKEN, ...JSON_TYPE },
    body: `[${oneLine("litellm/litellm-standard-payload.json")}]`,
    rows: 1,
  },
  "LiteLLM, ndjson": {
    section: "LiteLLM",
    path: "/v1/events?format=litellm",
    headers: { ...TOKEN, ...NDJSON_TYPE },
    body: oneLine("litellm/litellm-standard-payload.json"),
    rows: 1,
  },
  Kong: {
    section: "Kong",
    path: "/v1/events?format=kong",
    headers: { ...TOKEN, ...JSON_TYPE },
    body: `[${oneLine("kong/kong-http-log.json")}]`,
    rows: 1,
  },
  "Cloudflare Logpush": {
    section: "Cloudflare Logpush",
    path: "/v1/events?format=cloudflare",
    headers: { ...TOKEN, "content-type": "text/plain; charset=utf-8" },
    body: `${oneLine("cloudflare/cloudflare-logpush.json")}\n`,
    isPacked: true,
    rows: 1,
  },
};

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

describe("a request as a product sends it becomes its events, and the page has the configuration that sends it there", () => {
  for (const [name, { section, path, headers, body, isPacked, rows }] of Object.entries(RECORDED)) {
    test(name, async () => {
      const about = page.split("\n## ").find((part) => part.startsWith(`${section}\n`));
      assert.ok(
        about?.includes(
          path
            .split("/v1/")[1]!
            .split(/[?&]key_from/)[0]!
            .split("?")[0]!,
        ),
        `${section}: ${path}`,
      );
      const answer = await ingest.postTo(path, isPacked === true ? gzipSync(body) : body, {
        ...headers,
        ...(isPacked === true ? { "content-encoding": "gzip" } : {}),
        "idempotency-key": name,
      });
      assert.ok(answer.status === 202 || answer.status === 200, JSON.stringify(answer));
      assert.equal((await ingest.takeAll()).rows.length, rows, JSON.stringify(answer.body));
    });
  }
});
