import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readText } from "../helpers/source-tree.js";

const { bin } = JSON.parse(readText("package.json")) as { readonly bin: { readonly plimsoll: string } };
const dir = mkdtempSync(join(tmpdir(), "plimsoll-clone-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const clone = join(dir, "clone");

/** A clone as it comes, whose `npm run ready` is this command. */
function cloneWith(ready: string): void {
  mkdirSync(join(clone, "src"), { recursive: true });
  writeFileSync(join(clone, "src/main.ts"), "");
  cpSync(join(import.meta.dirname, "../../..", bin.plimsoll), join(clone, bin.plimsoll));
  const manifest = { name: "plimsoll", version: "0.0.0", type: "module", bin, scripts: { ready } };
  writeFileSync(join(clone, "package.json"), JSON.stringify(manifest));
}

/** `npx plimsoll list --json` there, with what npm remembers between two of them. */
function run(): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync("npx", ["--offline", "plimsoll", "list", "--json"], {
    cwd: clone,
    env: {
      PATH: process.env["PATH"],
      HOME: dir,
      npm_config_cache: join(dir, "cache"),
      npm_config_update_notifier: "0",
    },
    encoding: "utf8",
  });
}

test("npx plimsoll in a clone that was never built builds it and runs, also where an earlier try failed", () => {
  cloneWith("echo no network >&2; exit 1");
  const failed = run();
  assert.equal(failed.status, 3, failed.stderr);
  assert.match(
    failed.stderr,
    /error: plimsoll is not built, and could not be\. In \S*clone\/ run: npm ci && npm run build/,
  );
  const main = "console.log(JSON.stringify(process.argv.slice(2)))";
  const steps = ["mkdir -p node_modules dist/bundle", `echo '${main}' > dist/bundle/main.js`, "touch dist/.built"];
  cloneWith(["echo added 300 packages", ...steps].join(" && "));
  const built = run();
  assert.equal(built.stdout, '["list","--json"]\n', "what npm says is no part of the answer");
  assert.match(built.stderr, /added 300 packages/);
  assert.equal(built.status, 0);
  cloneWith("echo built again >&2");
  assert.deepEqual([run().stderr, run().stdout], ["", '["list","--json"]\n'], "once");
});
