import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { watchFile } from "../../src/flow/watch-file.js";
import { until } from "../helpers/until.js";

const EVERY_MS = 5;

interface Watching {
  readonly current: () => string;
  readonly problems: readonly string[];
  readonly write: (text: string) => void;
  readonly remove: () => void;
}

/** A file that is watched closely; what begins with "bad" cannot be used. */
function watching(t: { after(end: () => void): void }, options: { whenUnusable?: string; goneMs?: number }): Watching {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-watch-"));
  const path = join(dir, "file");
  const write = (text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write("first");
  const problems: string[] = [];
  const parse = (text: string) => {
    if (text.startsWith("bad")) throw new Error("it is bad");
    return text;
  };
  const file = watchFile(path, { parse, onProblem: (one) => problems.push(one), everyMs: EVERY_MS, ...options });
  t.after(() => {
    file.close();
    rmSync(dir, { recursive: true });
  });
  return { current: file.current, problems, write, remove: () => rmSync(path) };
}

test("what lets somebody in ends with a file that cannot be used, and is back with one that can", async (t) => {
  const { current, problems, write } = watching(t, { whenUnusable: "nobody" });
  write("bad");
  await until("nobody is let in", () => current() === "nobody");
  write("second");
  await until("the second counts", () => current() === "second");
  assert.equal(problems.length, 1);
});

test("what lets somebody in ends with a file that stays away, not with one that is away for a moment", async (t) => {
  const patient = watching(t, { whenUnusable: "nobody", goneMs: 3_600_000 });
  patient.remove();
  await until("it is told of", () => patient.problems.length === 1);
  assert.equal(patient.current(), "first");
  const strict = watching(t, { whenUnusable: "nobody", goneMs: 20 });
  strict.remove();
  await until("nobody is let in", () => strict.current() === "nobody");
  strict.write("second");
  await until("the second counts", () => strict.current() === "second");
});

test("what only we use stays as it was while its file cannot be used", async (t) => {
  const { current, problems, write, remove } = watching(t, { goneMs: 0 });
  write("bad");
  await until("it is told of", () => problems.length === 1);
  remove();
  await until("it is told of again", () => problems.length === 2);
  assert.equal(current(), "first");
});
