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
    [["auto"], damaged, "damaged_gzip, damaged, or followed by something else; what could be unpacked was read"],
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

test("of a gzip file with a wrong checksum, or with something else behind it, all lines are read", async () => {
  for (const count of [1, 200, 40_000]) {
    const lines = Array.from({ length: count }, (_, n) => line("20", `/${(n * 7919).toString(36)}?api_key=${RAW}${n}`));
    const packed = gzipSync(`${lines.join("\n")}\n`);
    const wrong = Buffer.from(packed);
    wrong[wrong.length - 8]! ^= 1;
    for (const [name, content, problems] of [
      ["wrong.log.gz", wrong, 1],
      ["trailing.log.gz", Buffer.concat([packed, Buffer.from("xy")]), 1],
      ["garbage.log.gz", Buffer.concat([packed, Buffer.alloc(20_000, "not gzip ")]), 1],
      ["padded.log.gz", Buffer.concat([packed, Buffer.alloc(20_000)]), 0],
      [
        "named.log.gz",
        Buffer.concat([
          Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 1, 2, 65, 0, 66, 0, 7, 7]),
          packed.subarray(10),
          packed,
        ]),
        0,
      ],
    ] as const) {
      const path = file(name, content);
      const run = await runCli(["import", "nginx", path, "--out", join(dir, "all.ndjson")], {});
      const events = count * (name === "named.log.gz" ? 2 : 1);
      assert.ok(run.stdout.includes(`${events.toLocaleString("en")} event`), `${name} ${count}: ${run.stdout}`);
      assert.equal(run.code, problems, name);
      if (problems > 0)
        assert.match(
          run.stdout,
          /not imported: 1 damaged_gzip, damaged, or followed by something else; what could be unpacked was read/,
        );
    }
  }
});

test("half a file of CloudTrail, or of a list of events, is read up to the cut, plain and packed, and never taken for CSV", async () => {
  const records = Array.from({ length: 50 }, (_, n) => ({
    eventVersion: "1.09",
    eventID: `${n * 7919}`,
    eventTime: "2026-03-08T02:11:00Z",
    eventSource: "s3.amazonaws.com",
    eventName: "GetObject",
    sourceIPAddress: "198.51.100.7",
    userIdentity: { type: "AssumedRole", accessKeyId: "ASIAEXAMPLEEXAMPLE01" },
  }));
  const events = records.map(({ eventTime, eventID }) => ({ ts: eventTime, id: eventID, key_id: "pub_1" }));
  for (const [whole, format] of [
    [{ Records: records }, "cloudtrail"],
    [events, "ndjson"],
  ] as const) {
    const text = JSON.stringify(whole);
    const half = text.slice(0, text.length / 2);
    const packed = gzipSync(text, { level: 0 });
    for (const [name, content, reason] of [
      ["half.json", half, "cut_json, the document ends early; the whole records before that were read"],
      ["half.json.gz", gzipSync(half), "cut_json"],
      ["cut.json.gz", packed.subarray(0, packed.length / 2), "cut_gzip"],
    ] as const) {
      const run = await runCli(["import", "auto", file(name, content), "--out", join(dir, "half.ndjson")], {});
      assert.match(run.stdout, /, 2[45] events\n/, name);
      assert.match(run.stdout, new RegExp(`: ${format} \\(JSON[^]*not imported: 1 ${reason}`));
      assert.equal(run.code, 1);
    }
  }
});

test("a log whose lines end in a carriage return alone is read line by line", async () => {
  const lines = Array.from({ length: 2000 }, (_, n) => line("20", `?api_key=${RAW}${n}`));
  for (const format of ["auto", "nginx"]) {
    for (const [name, text] of [
      ["old.log", lines.join("\r")],
      ["old.csv", ["ts,key_id", ...lines.map((_, n) => `2026-11-26T12:57:20Z,pub_${n}`)].join("\r")],
    ] as const) {
      if (name === "old.csv" && format === "nginx") continue;
      const map = file("old-map.json", JSON.stringify({ ts: "ts", key_id: "key_id" }));
      const args = name === "old.csv" ? ["csv", "--map", map] : [format];
      const run = await runCli(["import", ...args, file(name, text), "--out", join(dir, "old.ndjson")], {});
      assert.match(run.stdout, /read +2,000 records in 1 file, 2,000 events/);
    }
  }
});

test("a CSV whose quotation mark is never closed is a problem that names the row, and the rows behind it are read", async () => {
  const map = file("quote-map.json", JSON.stringify({ ts: "timestamp", key_id: "key", cost_usd: "cost" }));
  const rows = Array.from({ length: 600 }, (_, n) => `2026-11-26T12:57:20Z,pub_${n},${n === 7 ? "1,234.56" : "0.5"},`);
  rows[4] = '2026-11-26T12:57:20Z,"pub_4,0.5,';
  const path = file("quote.csv", ["timestamp,key,cost,", ...rows].join("\n"));
  const run = await runCli(["import", "csv", "--map", map, path, "--out", join(dir, "quote.ndjson")], {});
  assert.match(run.stdout, /598 events/);
  assert.match(
    run.stdout,
    /not imported: 1 open_quote, a quotation mark in this row is never closed: [^(]*\(first: \S+ record 5\)/,
  );
  assert.match(
    run.stdout,
    /not imported: 1 too_many_cells, more cells than the header has[^(]*\(first: \S+ record 8\)/,
  );
  assert.equal(run.code, 1);
  const suggested = await runCli(["map", "--suggest", path], {});
  assert.equal((JSON.parse(suggested.stdout) as { ts: string }).ts, "timestamp");
});
