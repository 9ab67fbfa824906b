import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listFiles } from "../helpers/source-tree.js";

test("every bench says with --help what it measures and which options it takes, and measures nothing", async () => {
  const benches = listFiles("test/bench", ".ts").filter((path) => /\/bench-[a-z-]+\.ts$/.test(path));
  assert.ok(benches.length >= 8, benches.join());
  for (const path of benches) {
    const script = fileURLToPath(new URL(`../../${path.replace(/ts$/, "js")}`, import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, "--help"]);
    assert.match(
      stdout,
      /^Usage: npm run bench:[a-z-]+ -- \[options\]\n\n[A-Z][^]+--json +end with one JSON object/,
      path,
    );
    assert.equal(stderr, "", path);
  }
});
