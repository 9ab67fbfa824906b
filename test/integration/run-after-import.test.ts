import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { awaitRecorded } from "../../src/pipeline/ingest/await-recorded.js";
import type { IngestBufferDepth } from "../../src/store/ingest/buffer-depth.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const DAY = 86_400_000;
const lastLine = (output: string) => output.trim().split("\n").at(-1)!;

test("right after an import a key is not just unknown, and what is learned and judged is so from all of it", async (t) => {
  const plimsoll = await startWholePlimsoll(t);
  await plimsoll.startServe();
  const today = Math.floor(Date.now() / DAY) * DAY;
  const lines = Array.from({ length: 700 }, (_, n) => {
    const ts = new Date(today - 3 * DAY + n * 300_000).toISOString();
    return JSON.stringify({ ts, key_id: "bob", source_ip: "198.51.100.7", route: "/v1/cards", status: 200 });
  });
  const [from, to] = [3, 2].map((ago) => new Date(today - ago * DAY).toISOString().slice(0, 10));
  const log = join(plimsoll.dir, "history.ndjson");
  writeFileSync(log, `${lines.join("\n")}\n`);
  const imported = await plimsoll.plimsoll("import", "ndjson", log);
  assert.equal(imported.code, 0, imported.output);

  for (const args of [
    ["investigate", "bob"],
    ["keys", "show", "bob"],
  ]) {
    const run = await plimsoll.plimsoll(...args);
    assert.equal(run.code, 1, run.output);
    assert.match(
      run.output,
      /no such key, neither registered nor seen in traffic.*\n700 acknowledged events are not recorded yet, and may be of this key: repeat this in a minute\n/,
    );
  }

  const learning = plimsoll.begin("run", "learn-baselines");
  const judging = plimsoll.begin("run", "check-keys", "--from", from!, "--to", to!);
  const waiting = "waiting until 700 acknowledged events are recorded\n";
  for (const run of [learning, judging]) await run.said(waiting);
  await plimsoll.startWork();
  const [learned, judged] = [await learning.ended, await judging.ended];
  for (const run of [learned, judged]) {
    assert.equal(run.code, 0, run.output);
    assert.ok(run.output.includes(waiting), run.output);
  }
  // Work learns by itself as well, whichever is first.
  assert.ok(!learned.output.includes("no closed UTC day has events"), learned.output);
  assert.equal((JSON.parse(lastLine(judged.output)) as { minutes: number }).minutes, 1440);
  assert.ok(!(await plimsoll.plimsoll("run", "learn-baselines")).output.includes("waiting"));
  const unknown = await plimsoll.plimsoll("investigate", "nobody");
  assert.deepEqual([unknown.code, unknown.output.includes("recorded")], [1, false]);
});

test("what is not recorded is given up only while nothing of it moves, and what comes meanwhile is not waited for", async () => {
  const lane = (rows: number, oldestAt: number | null) => ({ rows, bytes: rows, blocks: 1, oldestAt });
  const wait = async (looks: readonly IngestBufferDepth[]) => {
    let at = 0;
    const heard: number[] = [];
    const left = await awaitRecorded({
      depth: async () => looks[Math.min(at++, looks.length - 1)]!,
      pause: async () => undefined,
      onWaiting: (events) => heard.push(events),
      patienceMs: 100,
    });
    return { left, heard };
  };
  const depth = (
    readAt: number,
    live: readonly [number, number | null],
    backfill: readonly [number, number | null],
  ) => ({
    readAt,
    live: lane(...live),
    backfill: lane(...backfill),
  });
  assert.deepEqual(await wait([depth(10, [0, null], [0, null])]), { left: 0, heard: [] });
  const moving = [0, 1, 2, 3].map((n) => depth(10 + n * 90, [5, 10 + n * 90], [4 - n, 9]));
  assert.deepEqual(await wait([...moving, depth(400, [5, 390], [0, null])]), { left: 0, heard: [9, 8, 7, 6] });
  const stuck = [0, 50, 100, 150].map((ms) => depth(10 + ms, [3 + ms, 10 + ms], [4, 9]));
  assert.deepEqual(await wait(stuck), { left: 157, heard: [7, 57, 107] });
});
