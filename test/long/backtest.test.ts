import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Random } from "../../src/local/simulator/random.js";
import { LEAK, openThievesBacktest, type Line } from "../helpers/thieves-backtest.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const story = openThievesBacktest();
after(() => story.close());

let first: Awaited<ReturnType<typeof story.runAll>> = { stdout: "", lines: [] };
before(async () => {
  first = await story.runAll();
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
