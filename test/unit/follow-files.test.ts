import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { array, assert as check, asyncProperty, constantFrom } from "fast-check";
import { followFiles } from "../../src/import/follow/follow-files.js";
import { until } from "../helpers/until.js";

const OPS = [
  "append",
  "append",
  "append-half",
  "rename",
  "copytruncate",
  "crash-before",
  "crash-after",
  "restart",
] as const;

/** A log, and what takes its lines as ingest does: each name once, and always with the same bytes. */
function openStory(t: { after: (work: () => void) => void }) {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-follow-unit-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const log = join(dir, "access.log");
  const taken = new Map<string, string>();
  const history = new Set<string>();
  let crash: "before" | "after" | null = null;
  let run: { readonly stop: AbortController; readonly ended: Promise<unknown> } | null = null;
  const take = async (bytes: Buffer, name: string, isHistory: boolean) => {
    if (crash === "before") throw new Error("killed");
    const text = bytes.toString();
    assert.equal(taken.get(name) ?? text, text, "a name is that of the same bytes");
    taken.set(name, text);
    if (isHistory) history.add(name);
    if (crash === "after") throw new Error("killed");
  };
  const placeFile = join(dir, "state/place.json");
  return {
    log,
    placeFile,
    lines: () => [...taken.values()].join("").split("\n").slice(0, -1),
    historyLines: () => [...history].flatMap((name) => taken.get(name)!.split("\n").slice(0, -1)),
    async crash(when: "before" | "after") {
      crash = when;
      // Where there is nothing to take it does not come to it.
      await Promise.race([run?.ended, until("it had the time", () => true)]);
      run?.stop.abort();
      await run?.ended;
      crash = null;
    },
    start() {
      const stop = new AbortController();
      const options = { path: log, placeFile, pollMs: 1, signal: stop.signal, take };
      run = { stop, ended: followFiles(options).catch((error: unknown) => assert.match(String(error), /killed/)) };
    },
    async stop() {
      run?.stop.abort();
      await run?.ended;
    },
  };
}

test("every whole line is taken once, whatever the log is renamed, copied and emptied to, and whenever who follows is killed", async (t) => {
  await check(
    asyncProperty(array(constantFrom(...OPS), { minLength: 1, maxLength: 14 }), async (ops) => {
      const story = openStory(t);
      const written: string[] = [];
      let half = "";
      const append = () => {
        const line = half === "" ? `${written.length} ${"x".repeat(written.length % 7)}` : `${half} end`;
        appendFileSync(story.log, `${line.slice(half.length)}\n`);
        written.push(line);
        half = "";
      };
      let rotated = 0;
      writeFileSync(story.log, "");
      story.start();
      await until("it follows", () => existsSync(story.placeFile));
      for (const op of ops) {
        if (op === "append") append();
        else if (op === "append-half" && half === "") {
          half = `half ${written.length}`;
          appendFileSync(story.log, half);
        } else if (op === "rename") {
          if (half !== "") append();
          renameSync(story.log, `${story.log}.${(rotated += 1)}`);
          writeFileSync(story.log, "");
        } else if (op === "copytruncate") {
          if (half !== "") append();
          copyFileSync(story.log, `${story.log}.${(rotated += 1)}`);
          truncateSync(story.log);
        } else if (op === "crash-before" || op === "crash-after") {
          append();
          await story.crash(op === "crash-before" ? "before" : "after");
          story.start();
        } else if (op === "restart") {
          await story.stop();
          append();
          story.start();
        }
      }
      await until(`all ${written.length} lines are taken`, () => story.lines().length >= written.length, 5000);
      await story.stop();
      assert.deepEqual(story.lines().toSorted(), written.toSorted());
    }),
    { numRuns: 40 },
  );
});

test("what stood in the log when following began is history, what was rotated away before is not followed, and a damaged place is named", async (t) => {
  const story = openStory(t);
  writeFileSync(`${story.log}.1`, "older\n");
  writeFileSync(story.log, "old\n");
  story.start();
  await until("the old line is taken", () => story.lines().length === 1);
  appendFileSync(story.log, "new\n");
  await until("the new line is taken", () => story.lines().length === 2);
  await story.stop();
  assert.deepEqual([story.lines(), story.historyLines()], [["old", "new"], ["old"]]);
  writeFileSync(story.placeFile, "{");
  const follow = followFiles({
    path: story.log,
    placeFile: story.placeFile,
    pollMs: 1,
    signal: new AbortController().signal,
    take: async () => undefined,
  });
  await assert.rejects(follow, /holds no places of a follower: name another with --state/);
});
