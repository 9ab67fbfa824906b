import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { runCli } from "../helpers/run-cli.js";
import { openAttackersBacktest } from "../helpers/attackers-backtest.js";

const story = openAttackersBacktest();
after(() => story.close());

test("what cannot be used is told with its reason, and leaves no database behind", async () => {
  writeFileSync(
    story.file("bad-keys.json"),
    '[{"key_id":"a","limit_per_minute":-1},{"owner":"b"},{"key_id":"c"},{"key_id":"c"}]',
  );
  writeFileSync(story.file("bad-networks.csv"), "cidr,asn,name,type\n10.0.0.0/8,1,x,palace\n");
  writeFileSync(story.file("bad-events.ndjson"), '{"ts":1}\nnot json\n');
  writeFileSync(story.file("cut.gz"), gzipSync("x".repeat(10_000)).subarray(0, 30));
  const keys = ["--keys", story.file("keys.json")];
  const table: [readonly string[], number, RegExp][] = [
    [["--events", story.file("none.ndjson"), ...keys], 2, /none\.ndjson cannot be read: there is no such file/],
    [["--events", story.dir, ...keys], 2, /is a directory/],
    [["--events", "-", "--keys", "-"], 2, /cannot both be standard input/],
    [keys, 2, /--events/],
    [["--events", "-", ...keys, "--step", "7m"], 2, /divide an hour/],
    [["--events", "-", ...keys, "--budget", "0"], 2, /above 0/],
    [["--events", "-", ...keys, "--from", "2026-03-08", "--to", "2026-03-08"], 2, /--from must be before --to/],
    [["--events", "-", ...keys, "--out", story.file("no/where")], 2, /cannot be written: ENOENT/],
    [["--events", "-", "--keys", story.file("bad-keys.json")], 1, /entry 1: limit_per_minute[^]*entry 2: key_id/],
    [["--events", "-", ...keys, "--networks", story.file("bad-networks.csv")], 2, /line 2: type "palace"/],
    [["--events", "-", ...keys], 1, /there is no event in standard input/],
    [["--events", story.file("bad-events.ndjson"), ...keys], 1, /1 missing_key[^]*1 not_json/],
    [["--events", story.file("cut.gz"), ...keys], 1, /cannot be read to its end/],
  ];
  for (const [args, code, message] of table) {
    const run = await runCli(["backtest", ...args], story.shared);
    assert.deepEqual([run.code, run.stdout], [code, ""], `${args.join(" ")}: ${run.stderr}`);
    assert.match(run.stderr, message);
  }
  const away = await runCli(["backtest", "--events", "-", ...keys], { CLICKHOUSE_URL: "http://127.0.0.1:9/plimsoll" });
  assert.deepEqual([away.code, away.stdout], [3, ""], away.stderr);
});
