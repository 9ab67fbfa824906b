import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

/** Runs a program of ours whose reader leaves before a line was written, as `head -0` does; how it ended, and what it said of that. */
async function unread(args: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const [file = "", ...rest] = args;
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...rest], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stderr, code] = await Promise.all([text(child.stderr), ended]);
  return { code, stderr };
}

test("whoever reads only the beginning gets no stack: of a command, the demo, or the tests", async () => {
  for (const args of [
    ["bundle/main.js", "doctor"],
    ["bundle/main.js", "keys", "--help"],
    ["src/local/demo/demo.js", "--help"],
    ["test/run.js", "unit", "--only", "round"],
  ]) {
    const { stderr } = await unread(args);
    assert.doesNotMatch(stderr, /EPIPE|\n\s+at /, args.join(" "));
  }
  assert.equal((await unread(["bundle/main.js", "doctor"])).code, 141, "as a program that SIGPIPE ended");
});
