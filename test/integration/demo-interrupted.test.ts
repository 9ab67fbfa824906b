import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { testServices } from "../helpers/services.js";
import { until } from "../helpers/until.js";

const demo = fileURLToPath(new URL("../../src/local/demo/demo.js", import.meta.url));

test("a demo that is interrupted says no stack, and leaves neither a file nor a process", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-interrupted-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  // ClickHouse is that of the tests: its own would take most of the time, and ends the same way as Redis does.
  const env = { ...process.env, TMPDIR: dir, CLICKHOUSE_URL: testServices().clickhouseUrl, REDIS_URL: undefined };
  const child = spawn(process.execPath, [demo], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = text(child.stderr);
  child.stdout.resume();
  await until("the demo has begun to write", () => readdirSync(dir).some((name) => name.startsWith("plimsoll-demo-")));
  child.kill("SIGINT");
  assert.equal(await ended, 130, "as a program that Ctrl-C ended");
  assert.doesNotMatch(await said, /\n\s+at /);
  assert.deepEqual(readdirSync(dir), []);
});
