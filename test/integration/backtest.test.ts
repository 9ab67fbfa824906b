import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { Random } from "../../src/local/simulator/random.js";
import { runCli, type CliRun } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";
import { thievesFleet } from "../helpers/thieves-fleet.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const T0 = Date.parse("2026-03-07T00:00:00Z");
const LEAK = T0 + 50 * HOUR;
const END = LEAK + 51 * HOUR;
const fleet = thievesFleet(3, 4, T0, END, [
  { key: 1, from: LEAK, to: LEAK + HOUR, perMinute: 90, addresses: 1 },
  { key: 2, from: LEAK + 20 * MINUTE, to: LEAK + 2 * HOUR, perMinute: 100, addresses: 2 },
]);

interface Line {
  readonly at: string;
  readonly action: string;
  readonly key_id: string;
  readonly dedup_key: string;
  readonly severity: string;
  readonly cause: string;
  readonly score: number;
  readonly signals: { name: string; score: number; summary: string }[];
  readonly onset: string;
}

const dir = mkdtempSync(join(tmpdir(), "plimsoll-backtest-test-"));
const file = (name: string) => join(dir, name);
after(() => rmSync(dir, { recursive: true, force: true }));

let first = undefined as unknown as CliRun;
let lines: Line[] = [];

/** Runs the command on the fleet; `events` on the command line or, for "-", as standard input. */
async function backtest(
  events: string,
  more: readonly string[],
  env: Record<string, string>,
  input: string | Buffer = "",
): Promise<CliRun> {
  const files = ["--keys", file("keys.json"), "--networks", file("networks.csv"), "--budget", "1"];
  return runCli(["backtest", "--events", events, ...files, ...more], env, input);
}
const shared = () => ({ CLICKHOUSE_URL: testServices().clickhouseUrl });
before(async () => {
  const events = fleet.lines.map(({ text }) => text);
  writeFileSync(file("keys.json"), JSON.stringify(fleet.keys));
  writeFileSync(file("networks.csv"), networksCsv(fleet.networks));
  writeFileSync(file("events.ndjson"), `${events.join("\n")}\n`);
  const bad = [
    "{",
    '{"ts":"2026-03-08T00:00:00Z"}',
    '{"ts":"yesterday","key_id":"k"}',
    "",
    '{"ts":1,"key_id":"k","status":7}',
  ];
  const shuffled = new Random(1, "order").sample(events, events.length);
  writeFileSync(file("shuffled.ndjson"), [...shuffled.slice(0, 999), ...bad, ...shuffled.slice(999)].join("\r\n"));
  first = await backtest(file("events.ndjson"), ["--summary", file("summary.json")], shared());
  assert.equal(first.code, 0, first.stderr);
  lines = first.stdout
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as Line);
});

const summaryOf = (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Record<string, unknown>;

test("each theft is paged once as a leak of its key, since about its beginning, and resolved after a clean day; no other key is", () => {
  const told = (action: string) => lines.filter((line) => line.action === action);
  assert.deepEqual(new Set(lines.map(({ key_id }) => key_id)), new Set(fleet.stolen));
  for (const [key, from, to] of [
    [fleet.stolen[0], LEAK, LEAK + HOUR],
    [fleet.stolen[1], LEAK + 20 * MINUTE, LEAK + 2 * HOUR],
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
  const summary = summaryOf("summary.json");
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
      events_read: fleet.countEvents(),
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

test("the same events in another order, packed, on standard input, with bad lines among them, on a server of its own, give the same bytes", async () => {
  const own = file("own");
  mkdirSync(own);
  const packed = gzipSync(readFileSync(file("shuffled.ndjson")));
  const out = ["--out", file("again.ndjson"), "--summary", file("again.json")];
  const again = await backtest("-", out, { TMPDIR: own }, packed);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(readFileSync(file("again.ndjson"), "utf8"), first.stdout);
  assert.equal(again.stdout, "");
  const { rejected, rejected_by_reason } = summaryOf("again.json");
  assert.deepEqual(
    { rejected, rejected_by_reason },
    { rejected: 4, rejected_by_reason: { bad_status: 1, bad_ts: 1, missing_key: 1, not_json: 1 } },
  );
  assert.match(again.stderr, /1 not_json: .* \(first in line 1000\)/);
  assert.deepEqual(readdirSync(own), [], "the private server is gone");
});

test("--from changes no line after it, --to none before it, and both bound what is counted", async () => {
  const [from, to] = [LEAK + 5 * MINUTE, LEAK + 3 * HOUR].map((at) => new Date(at).toISOString()) as [string, string];
  const part = await backtest(
    file("events.ndjson"),
    ["--from", from, "--to", to, "--summary", file("part.json")],
    shared(),
  );
  assert.equal(part.code, 0, part.stderr);
  const within = first.stdout.split("\n").filter((text) => text !== "" && isWithin(text, from, to));
  assert.ok(within.length > 0 && within.length < lines.length);
  assert.equal(part.stdout, within.map((text) => `${text}\n`).join(""));
  const { key_days, evaluations } = summaryOf("part.json");
  const minutes = (Date.parse(to) - Date.parse(from)) / MINUTE;
  assert.equal(key_days, Math.round(((4 * minutes) / 1440) * 1e6) / 1e6);
  assert.equal(evaluations, 4 * minutes);
});

const isWithin = (text: string, from: string, to: string) => {
  const { at } = JSON.parse(text) as Line;
  return at >= from && at < to;
};

test("what cannot be used is told with its reason, and leaves no database behind", async () => {
  writeFileSync(
    file("bad-keys.json"),
    '[{"key_id":"a","limit_per_minute":-1},{"owner":"b"},{"key_id":"c"},{"key_id":"c"}]',
  );
  writeFileSync(file("bad-networks.csv"), "cidr,asn,name,type\n10.0.0.0/8,1,x,palace\n");
  writeFileSync(file("bad-events.ndjson"), '{"ts":1}\nnot json\n');
  writeFileSync(file("cut.gz"), gzipSync("x".repeat(10_000)).subarray(0, 30));
  const keys = ["--keys", file("keys.json")];
  const table: [readonly string[], number, RegExp][] = [
    [["--events", file("none.ndjson"), ...keys], 2, /none\.ndjson cannot be read: ENOENT/],
    [["--events", dir, ...keys], 2, /is a directory/],
    [["--events", "-", "--keys", "-"], 2, /cannot both be standard input/],
    [keys, 2, /--events/],
    [["--events", "-", ...keys, "--step", "7m"], 2, /divide an hour/],
    [["--events", "-", ...keys, "--budget", "0"], 2, /above 0/],
    [["--events", "-", ...keys, "--from", "2026-03-08", "--to", "2026-03-08"], 2, /--from must be before --to/],
    [["--events", "-", ...keys, "--out", file("no/where")], 2, /cannot be written: ENOENT/],
    [["--events", "-", "--keys", file("bad-keys.json")], 1, /entry 1: limit_per_minute[^]*entry 2: key_id/],
    [["--events", "-", ...keys, "--networks", file("bad-networks.csv")], 2, /line 2: type "palace"/],
    [["--events", "-", ...keys], 1, /there is no event in standard input/],
    [["--events", file("bad-events.ndjson"), ...keys], 1, /1 missing_key[^]*1 not_json/],
    [["--events", file("cut.gz"), ...keys], 1, /cannot be read to its end/],
  ];
  for (const [args, code, message] of table) {
    const run = await runCli(["backtest", ...args], shared());
    assert.deepEqual([run.code, run.stdout], [code, ""], `${args.join(" ")}: ${run.stderr}`);
    assert.match(run.stderr, message);
  }
  const away = await runCli(["backtest", "--events", "-", ...keys], { CLICKHOUSE_URL: "http://127.0.0.1:9/plimsoll" });
  assert.deepEqual([away.code, away.stdout], [3, ""], away.stderr);
});
