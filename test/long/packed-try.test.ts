import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../../..");

test("what npm packs is enough to try a log in an empty folder, with a ClickHouse of its own and nothing set", (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-packed-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", dir], { cwd: root });
  const [tarball] = readdirSync(dir);
  execFileSync("tar", ["xzf", join(dir, tarball!), "-C", dir]);
  // What it depends on is what is installed here; that package.json names all of it is knip's to hold.
  symlinkSync(join(root, "node_modules"), join(dir, "package/node_modules"));
  for (const name of ["empty", "tmp"]) mkdirSync(join(dir, name));
  const log = join(root, "test/fixtures/formats/nginx/combined.log");
  const run = spawnSync(process.execPath, [join(dir, "package/dist/bundle/main.js"), "try", log], {
    cwd: join(dir, "empty"),
    env: { PATH: process.env["PATH"], TMPDIR: join(dir, "tmp") },
    encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /combined\.log: nginx[^]*found +\d+ keys?,[^]*to make it permanent/);
  assert.deepEqual([readdirSync(join(dir, "empty")), readdirSync(join(dir, "tmp"))], [[], []]);
});
