import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { buildReport, newTotals, NO_EVENTS } from "../../src/import/import-report.js";
import { printReport } from "../../src/import/print-report.js";
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
    [["import", "nginx", join(dir, "none.log")], /none\.log cannot be read: there is no such file or folder$/m],
    [["import", "json", "--map", join(dir, "none.json"), log], /none\.json cannot be read: there is no such file/],
    [["map", "--suggest", join(dir, "none.log")], /none\.log cannot be read: there is no such file/],
  ] as const) {
    const run = await runCli(args[0] === "map" ? args : [...args, "--out", "-"], {});
    assert.equal(run.code, 2, args.join(" "));
    assert.match(run.stderr, sentence);
    assert.ok(!run.stderr.includes(RAW));
  }
});

test("a folder's pipe is skipped and named, wrong files are all named, and an empty folder is no silence", async () => {
  const folder = mkdtempSync(join(dir, "folder-"));
  const within = (name: string) => join(folder, name);
  execFileSync("sh", ["-c", `mkfifo ${within("pipe.log")}`]);
  symlinkSync(within("nowhere.log"), within("link.log"));
  const names = ["a", "b", "c", "d", "e", "f"].map((name) => within(`${name}.json`));
  for (const name of names) writeFileSync(name, "Dear diary,\n");
  writeFileSync(within("good.log"), line("20", `?api_key=${RAW}`));
  const { stdout } = await runCli(["import", "auto", folder, "--out", within("out.txt")], {});
  assert.match(stdout, /read +7 records in 7 files, 1 event/);
  assert.match(stdout, /skipped, no regular files .*: \S+link\.log, \S+pipe\.log/);
  assert.match(stdout, /6 unknown_format.*first: \S+a\.json record 1; also in \S+b\.json, .*e\.json, …\)/);
  const empty = await runCli(["import", "auto", mkdtempSync(join(dir, "empty-")), "--out", "-"], {});
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /no files found/);
});

test("the report says whom --key-from named, and never advises what was given", async () => {
  const log = (name: string, query: string) => file(name, [line("20", query), line("21", query)].join("\n"));
  const args = ["--key-from", "user", "--out", join(dir, "out.ndjson")];
  const keyed = await runCli(["import", "nginx", log("keyed.log", `?api_key=${RAW}`), ...args], {});
  assert.match(keyed.stdout, /--key-from named no key: each record that was imported names its own/);
  assert.doesNotMatch(keyed.stdout, /authenticated user/);
  const unnamed = await runCli(["import", "nginx", log("unnamed.log", ""), ...args], {});
  assert.match(unnamed.stdout, /2 no_key, neither id nor raw key, nor what --key-from says: another of/);
  const byAddress = await runCli(["import", "nginx", join(dir, "unnamed.log"), "--key-from", "ip", "--out", "-"], {});
  assert.match(byAddress.stderr, /2 records keyed by the client's address/);
});

test("a log of another format is as many records as it has lines", async () => {
  const log = file("wrong.log", Array.from({ length: 20 }, () => line("20", "?a=[1]{2}")).join("\n"));
  for (const format of ["cloudtrail", "ndjson"]) {
    const { stderr } = await runCli(["import", format, log, "--out", "-"], {});
    assert.match(stderr, /read +20 records in 1 file, 0 events\n.*20 not_json/, format);
  }
});

test("what an earlier import had brought is not said to be new", () => {
  const sent = { batches: 1, sent: 200, accepted: 200, rejected: 0, reasons: new Map(), warnings: new Map() };
  const text = (repeated: number) =>
    printReport(buildReport(newTotals(), NO_EVENTS, 0, { ...sent, repeatedBatches: 1, repeatedEvents: repeated }));
  assert.match(text(200), /accepted {2}200, of which all were counted before and are not counted again/);
  assert.match(text(150), /accepted {2}200, of which 150 were counted before/);
  assert.match(text(0), /accepted {2}200\n/);
});
