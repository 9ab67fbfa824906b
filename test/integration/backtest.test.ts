import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { runCli } from "../helpers/run-cli.js";
import { END, LEAK, openThievesBacktest, T0, type Line } from "../helpers/thieves-backtest.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const story = openThievesBacktest();
after(() => story.close());

let lines: readonly Line[] = [];
before(async () => {
  ({ lines } = await story.runAll());
});

test("each theft is paged once as a leak of its key, since about its beginning, and resolved after a clean day; no other key is", () => {
  const told = (action: string) => lines.filter((line) => line.action === action);
  assert.deepEqual(new Set(lines.map(({ key_id }) => key_id)), new Set(story.fleet.stolen));
  for (const [key, from, to] of [
    [story.fleet.stolen[0], LEAK, LEAK + HOUR],
    [story.fleet.stolen[1], LEAK + 20 * MINUTE, LEAK + 2 * HOUR],
  ] as const) {
    const of = (action: string) => told(action).filter((line) => line.key_id === key && line.cause === "leak");
    const pages = of("trigger").filter(({ severity }) => severity === "critical" || severity === "error");
    assert.equal(new Set(pages.map(({ dedup_key }) => dedup_key)).size, 1);
    const [page] = pages;
    assert.ok(page !== undefined && page.score > 0 && page.signals.length > 0);
    assert.ok(Date.parse(page.at) > from && Date.parse(page.at) <= to, page.at);
    assert.ok(Math.abs(Date.parse(page.onset) - from) <= 5 * MINUTE, page.onset);
    const resolved = of("resolve").at(-1);
    assert.equal(resolved?.dedup_key, page.dedup_key);
    // The longest window shows a theft for a day after it, and then a day must be clean.
    assert.ok(Date.parse(resolved?.at ?? "") > to + 24 * HOUR, resolved?.at);
  }
  assert.deepEqual(
    lines.map(({ at }) => at),
    lines.map(({ at }) => at).toSorted(),
  );
});

test("the summary counts what was read, judged and told", () => {
  const summary = story.summaryOf("summary.json");
  const minutes = (END - T0) / MINUTE;
  const countOf = (kind: "page" | "notice") => {
    const told = lines.filter(
      (line) => line.action === "trigger" && (kind === "page") !== (line.severity === "warning"),
    );
    return new Set(told.map((line) => line.dedup_key)).size;
  };
  assert.ok(countOf("page") >= 2);
  assert.deepEqual(
    { ...summary, evaluations: null, seconds: null, key_days: Math.round(Number(summary["key_days"])) },
    {
      events_read: story.fleet.countEvents(),
      rejected: 0,
      rejected_by_reason: {},
      keys: 4,
      keys_of_one_day: 0,
      evaluations: null,
      key_days: Math.round((4 * minutes) / 1440),
      pages: countOf("page"),
      notices: countOf("notice"),
      pages_per_1000_key_days: Math.round(((countOf("page") * 1000) / Number(summary["key_days"])) * 1e6) / 1e6,
      seconds: null,
    },
  );
});

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
    [["--events", story.file("none.ndjson"), ...keys], 2, /none\.ndjson cannot be read: ENOENT/],
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
