import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { test } from "node:test";
import { array, assert as check, asyncProperty, constantFrom } from "fast-check";
import { followFiles } from "../../src/import/follow/follow-files.js";
import { openStory, pack } from "../helpers/follow-story.js";
import { until } from "../helpers/until.js";

const OPS = [
  "append",
  "append",
  "append-half",
  "rename",
  "copytruncate",
  "rename-pack",
  "copytruncate-pack",
  "pack-while-down",
  "crash-before",
  "crash-after",
  "restart",
] as const;

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
        } else if (op === "rename-pack") {
          if (half !== "") append();
          renameSync(story.log, `${story.log}.${(rotated += 1)}`);
          writeFileSync(story.log, "");
          pack(`${story.log}.${rotated}`);
        } else if (op === "copytruncate-pack") {
          if (half !== "") append();
          copyFileSync(story.log, `${story.log}.${(rotated += 1)}`);
          truncateSync(story.log);
          pack(`${story.log}.${rotated}`);
        } else if (op === "crash-before" || op === "crash-after") {
          append();
          await story.crash(op === "crash-before" ? "before" : "after");
          story.start();
        } else if (op === "pack-while-down") {
          await story.stop();
          // The first was followed, the second nobody ever saw.
          for (let time = 0; time < 2; time += 1) {
            append();
            renameSync(story.log, `${story.log}.${(rotated += 1)}`);
            pack(`${story.log}.${rotated}`);
            writeFileSync(story.log, "");
          }
          story.start();
        } else if (op === "restart") {
          await story.stop();
          append();
          story.start();
        }
      }
      await until(`all ${written.length} lines are taken`, () => story.lines().length >= written.length, 5000);
      await story.stop();
      assert.deepEqual([story.lines().toSorted(), story.gaps], [written.toSorted(), []]);
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
    onGap: () => undefined,
  });
  await assert.rejects(follow, /holds no places of a follower: name another with --state/);
});

test("what was packed before following began is not followed, and what of a followed log is gone or damaged is told once", async (t) => {
  const story = openStory(t);
  writeFileSync(`${story.log}.1`, "older\n");
  pack(`${story.log}.1`);
  writeFileSync(story.log, "old\n");
  story.start();
  await until("the old line is taken", () => story.lines().length === 1);
  appendFileSync(story.log, "lost\n");
  await story.crash("before");
  const anHourAgo = () => {
    const places = readFileSync(story.placeFile, "utf8");
    writeFileSync(story.placeFile, places.replaceAll(/"seenAt":\d+/g, `"seenAt":${Date.now() - 3_600_000}`));
  };
  renameSync(story.log, `${story.log}.2`);
  pack(`${story.log}.2`);
  const whole = readFileSync(`${story.log}.2.gz`);
  writeFileSync(`${story.log}.2.gz`, whole.subarray(0, whole.length - 6));
  anHourAgo();
  for (let time = 0; time < 2; time += 1) {
    story.start();
    await until("it is told", () => story.gaps.length > 0);
    await story.stop();
  }
  assert.deepEqual([story.lines(), story.gaps.length], [["old"], 1]);

  // Seen to its end an hour ago, and gone since: what was written in between nobody knows.
  writeFileSync(story.log, "new\n");
  story.start();
  await until("the new line is taken", () => story.lines().length === 2);
  await story.stop();
  rmSync(story.log);
  anHourAgo();
  story.start();
  await until("it is told", () => story.gaps.length === 2);
  await story.stop();
  assert.equal(story.gaps[1], 0);
});
