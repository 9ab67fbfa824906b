import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixtureText } from "../helpers/read-fixture.js";
import { runCli } from "../helpers/run-cli.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-import-logs-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const RAW = "q7ZrT2mWx9LkB4vNc6Yp";
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const line = (second: string, query: string) =>
  `198.51.100.7 - - [26/Nov/2026:12:57:${second} +0000] "GET /v1/cards/42${query} HTTP/1.1" 200 434 "-" "curl/8"`;

test("import auto names what it took each file for, writes the events in order, and names what it could not read", async () => {
  const kong = file("kong.json.gz", gzipSync(fixtureText("kong/kong-http-log.json")));
  const access = file(
    "access.log",
    [line("25", `?api_key=${RAW}`), "nonsense", line("20", `?api_key=${RAW}`)].join("\n"),
  );
  const prose = file("prose.log", "Dear diary,\ntoday nothing happened.\n");
  const out = join(dir, "events.ndjson");
  const run = await runCli(["import", "auto", kong, access, prose, "--out", out], {});
  assert.equal(run.code, 1, "a file was not read");
  assert.match(run.stdout, /kong\.json\.gz: kong \(JSON with started_at, latencies and request\)/);
  assert.match(run.stdout, /access\.log: nginx \(combined lines/);
  assert.match(run.stdout, /not imported: 1 not_a_record \(first: .*access\.log record 2\)/);
  assert.match(run.stdout, /not imported: 1 unknown_format, name the format.*\(first: .*prose\.log record 1\)/);
  assert.match(run.stdout, /2 with a raw key: Plimsoll keeps its fingerprint; --out writes it as it is/);
  assert.ok(!`${run.stdout}${run.stderr}`.includes(RAW));
  const events = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one) as Record<string, unknown>);
  assert.deepEqual(
    events.map(({ ts, key, key_id: keyId, route }) => [ts, key ?? keyId, route]),
    [
      ["2026-11-26T12:57:20.000Z", RAW, "/v1/cards/{id}"],
      ["2026-11-26T12:57:21.633Z", "eaa330c0-4cff-47f5-c79e-b2e4f355207e", "/v1/cards"],
      ["2026-11-26T12:57:25.000Z", RAW, "/v1/cards/{id}"],
    ],
  );
  assert.equal(statSync(out).mode & 0o077, 0, "raw keys are for nobody else to read");
});

test("import json takes a map that map --suggest wrote, from a sample of which it repeats no value", async () => {
  const record = {
    at: { time: "2026-11-26T12:57:21Z" },
    auth: { key_id: "acme-7", api_key: RAW },
    client_ip: "198.51.100.7",
    took: { duration: 0.5 },
  };
  const log = file("app.log", `${JSON.stringify(record)}\n`);
  const suggested = await runCli(["map", "--suggest", log], {});
  assert.equal(suggested.code, 0, suggested.stderr);
  assert.ok(!`${suggested.stdout}${suggested.stderr}`.includes(RAW));
  const map = { ...(JSON.parse(suggested.stdout) as object), latency_ms: { path: "took.duration", times: 1000 } };
  const run = await runCli(["import", "json", "--map", file("map.json", JSON.stringify(map)), "--out", "-", log], {});
  assert.deepEqual(JSON.parse(run.stdout), {
    ts: "2026-11-26T12:57:21Z",
    key_id: "acme-7",
    source_ip: "198.51.100.7",
    latency_ms: 500,
  });
});

test("wrong usage is named, with 2, and never repeats a map's text", async () => {
  const log = file("some.log", line("20", ""));
  const bad = file("bad.json", JSON.stringify({ ts: "time", [RAW]: "x" }));
  for (const [args, sentence] of [
    [["import", "nonsense", log], /unknown format "nonsense": use one of auto, cloudtrail, ndjson, nginx, apache/],
    [["import", "json", log], /json needs --map FILE/],
    [["import", "json", "--map", bad, log], /the map names fields that no event has/],
    [["import", "nginx", "--key-from", "thing", log], /--key-from must be user, ip or header:<name>/],
    [
      ["import", "nginx", "--trusted-proxies", "10.0.0.0/99", log],
      /--trusted-proxies: "10\.0\.0\.0\/99" is not a network/,
    ],
    [["import", "ndjson", "--key-from", "ip", log], /--key-from is not for ndjson/],
  ] as const) {
    const run = await runCli([...args, "--out", "-"], {});
    assert.equal(run.code, 2, args.join(" "));
    assert.match(run.stderr, sentence);
    assert.ok(!run.stderr.includes(RAW));
  }
});
