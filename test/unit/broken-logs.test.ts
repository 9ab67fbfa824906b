import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { runCli } from "../helpers/run-cli.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-broken-logs-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const RAW = "q7ZrT2mWx9LkB4vNc6Yp";
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const line = (second: string, query: string) =>
  `198.51.100.7 - - [26/Nov/2026:12:57:${second} +0000] "GET /v1/cards/42${query} HTTP/1.1" 200 434 "-" "curl/8"`;

test("a log that is empty, as logrotate leaves it, is said to be that, and no fault of an import", async () => {
  const [empty, packed] = [file("empty.log", ""), file("empty.log.1.gz", gzipSync("\n"))];
  const access = file("beside.log", line("25", `?api_key=${RAW}`));
  for (const format of ["auto", "nginx"]) {
    const both = await runCli(["import", format, empty, access, packed, "--out", join(dir, "of-both.ndjson")], {});
    assert.equal(both.code, 0, both.stdout);
    assert.match(
      both.stdout,
      /read +1 record in 3 files, 1 event\n[^]* {2}empty: \S+empty\.log, \S+empty\.log\.1\.gz\n/,
    );
    assert.ok(!both.stdout.includes("not imported"));
    const alone = await runCli(["import", format, empty, "--out", join(dir, "of-none.ndjson")], {});
    assert.deepEqual([alone.code, /read +0 records in 1 file, 0 events\n +empty: /.test(alone.stdout)], [0, true]);
  }
});

test("a long line costs only itself, also where it is one of the first, and a key behind a long path is found", async () => {
  const long = (length: number) => line("21", `/${"a".repeat(length)}?x=1&api_key=${RAW}`);
  for (const [at, lines] of [
    [2, [line("20", `?api_key=${RAW}`), long(200_000), line("25", `?api_key=${RAW}`)]],
    [1, [long(200_000), line("20", `?api_key=${RAW}`), line("25", `?api_key=${RAW}`)]],
  ] as const) {
    const run = await runCli(
      ["import", "auto", file("long.log", lines.join("\n")), "--out", join(dir, "long.ndjson")],
      {},
    );
    assert.equal(run.code, 0, run.stdout);
    assert.match(run.stdout, /read +3 records in 1 file, 2 events\n/);
    assert.match(
      run.stdout,
      new RegExp(`not imported: 1 line_too_long, more than 64 KiB \\(first: \\S+ record ${at}\\)`),
    );
  }
  const out = join(dir, "long-path.ndjson");
  const run = await runCli(["import", "nginx", file("long-path.log", long(60_000)), "--out", out], {});
  assert.equal(run.code, 0, run.stdout);
  assert.equal((JSON.parse(readFileSync(out, "utf8")) as { key: string }).key, RAW);
});

test("of a gzip file that ends early or is damaged all that can be unpacked is read, by every format, and the report says so", async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => line("20", `/${(n * 7919).toString(36)}?api_key=${RAW}${n}`));
  const csv = ["at,key", ...lines.map((_, n) => `2026-11-26T12:57:20Z,${RAW}${n * 7919}`)].join("\n");
  const map = file("cut-map.json", JSON.stringify({ ts: "at", key: "key" }));
  const [log, table] = [gzipSync(lines.join("\n")), gzipSync(csv)];
  const damaged = Buffer.from(log);
  damaged.fill(0xff, log.length / 2, log.length / 2 + 64);
  for (const [args, content, reason] of [
    [["auto"], log.subarray(0, log.length / 2), "cut_gzip, the file ends early; what could be unpacked was read"],
    [["nginx"], log.subarray(0, log.length / 2), "cut_gzip"],
    [["csv", "--map", map], table.subarray(0, table.length / 2), "cut_gzip"],
    [["auto"], damaged, "damaged_gzip, damaged in the middle; what stands before that was read"],
  ] as const) {
    const cut = file("cut.log.gz", content);
    const out = join(dir, "cut.ndjson");
    const run = await runCli(["import", ...args, cut, "--out", out], {});
    assert.equal(run.code, 1, run.stdout);
    const events = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((one) => (JSON.parse(one) as { key: string }).key);
    assert.ok(events.length > 1000 && events.length < 2900, String(events.length));
    assert.match(run.stdout, new RegExp(`not imported: 1 ${reason}`));
    // What is damaged goes on for a while as something else.
    if (content === damaged) continue;
    assert.match(run.stdout, new RegExp(`record ${events.length + 1}\\)`));
    const whole = args[0] === "csv" ? (n: number) => `${RAW}${n * 7919}` : (n: number) => `${RAW}${n}`;
    assert.deepEqual(new Set(events), new Set(events.map((_, n) => whole(n))), "no row is cut");
  }
});
