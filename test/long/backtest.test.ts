import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Random } from "../../src/local/simulator/random.js";
import { END, LEAK, openAttackersBacktest, T0, type Line } from "../helpers/attackers-backtest.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const story = openAttackersBacktest();
after(() => story.close());

let first: Awaited<ReturnType<typeof story.runAll>> = { stdout: "", lines: [] };
before(async () => {
  first = await story.runAll();
});

test("each theft is paged once as a leak of its key, since about its beginning, and resolved after a clean day; no other key is", () => {
  const told = (action: string) => first.lines.filter((line) => line.action === action);
  assert.deepEqual(new Set(first.lines.map(({ key_id }) => key_id)), new Set(story.fleet.stolen));
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
    first.lines.map(({ at }) => at),
    first.lines.map(({ at }) => at).toSorted(),
  );
});

test("the summary counts what was read, judged and told", () => {
  const summary = story.summaryOf("summary.json");
  const minutes = (END - T0) / MINUTE;
  const countOf = (kind: "page" | "notice") => {
    const told = first.lines.filter(
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
      short_lived_keys: 0,
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
  const texts = story.fleet.lines.map(({ text }) => text);
  const bad = [
    "{",
    '{"ts":"2026-03-08T00:00:00Z"}',
    '{"ts":"yesterday","key_id":"k"}',
    "",
    '{"ts":1,"key_id":"k","status":7}',
  ];
  const shuffled = new Random(1, "order").sample(texts, texts.length);
  const packed = gzipSync([...shuffled.slice(0, 999), ...bad, ...shuffled.slice(999)].join("\r\n"));
  const own = story.file("own");
  mkdirSync(own);
  const out = ["--out", story.file("again.ndjson"), "--summary", story.file("again.json")];
  const again = await story.run("-", out, { TMPDIR: own }, packed);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(readFileSync(story.file("again.ndjson"), "utf8"), first.stdout);
  assert.equal(again.stdout, "");
  const { rejected, rejected_by_reason } = story.summaryOf("again.json");
  assert.deepEqual(
    { rejected, rejected_by_reason },
    { rejected: 4, rejected_by_reason: { bad_status: 1, bad_ts: 1, missing_key: 1, not_json: 1 } },
  );
  assert.match(again.stderr, /1 not_json: .* \(first in line 1000\)/);
  assert.deepEqual(readdirSync(own), [], "the private server is gone");
});

test("--from changes no line after it, --to none before it, and both bound what is counted", async () => {
  const [from, to] = [LEAK + 5 * MINUTE, LEAK + 3 * HOUR].map((at) => new Date(at).toISOString()) as [string, string];
  const part = await story.run(
    story.file("events.ndjson"),
    ["--from", from, "--to", to, "--summary", story.file("part.json")],
    story.shared,
  );
  assert.equal(part.code, 0, part.stderr);
  const within = first.stdout.split("\n").filter((text) => text !== "" && isWithin(text, from, to));
  assert.ok(within.length > 0 && within.length < first.lines.length);
  assert.equal(part.stdout, within.map((text) => `${text}\n`).join(""));
  const { key_days, evaluations } = story.summaryOf("part.json");
  const minutes = (Date.parse(to) - Date.parse(from)) / MINUTE;
  assert.equal(key_days, Math.round(((4 * minutes) / 1440) * 1e6) / 1e6);
  assert.equal(evaluations, 4 * minutes);
});

const isWithin = (text: string, from: string, to: string) => {
  const { at } = JSON.parse(text) as Line;
  return at >= from && at < to;
};
