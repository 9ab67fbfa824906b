import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readText } from "../helpers/source-tree.js";

const { ready } = (JSON.parse(readText("package.json")) as { scripts: { ready: string } }).scripts;
const dir = mkdtempSync(join(tmpdir(), "plimsoll-ready-"));
after(() => rmSync(dir, { recursive: true, force: true }));

// Stands for npm, which is not ours, and notes how it is called.
mkdirSync(join(dir, "bin"));
writeFileSync(join(dir, "bin", "npm"), '#!/bin/sh\necho "$@" >>calls\n', { mode: 0o755 });

let said = "";

/** What `npm start` has npm do first, in the folder as it is and with that environment. */
function callsOf(env: Record<string, string>): string[] {
  writeFileSync(join(dir, "calls"), "");
  const path = `${join(dir, "bin")}:${process.env["PATH"] ?? ""}`;
  const { status, stderr } = spawnSync("/bin/sh", ["-c", ready], { cwd: dir, env: { PATH: path, ...env } });
  said = String(stderr);
  assert.equal(status, 0, said);
  return readFileSync(join(dir, "calls"), "utf8").trim().split("\n");
}

test("npm start has its compiler and its ClickHouse under NODE_ENV=production too, and after an install that left the compiler out", () => {
  writeFileSync(join(dir, "package-lock.json"), "{}");
  const install = /^ci --include=dev --include=optional /;
  for (const env of [{}, { NODE_ENV: "production" }] as Record<string, string>[]) {
    const [first = "", second] = callsOf(env);
    assert.match(first, install);
    assert.match(said, /^Installing what is missing/, "nobody wonders for a minute what it does");
    assert.equal(second, "run --silent build");
  }
  // As `npm ci --omit=dev` leaves it: newer than the lock file, and no compiler.
  mkdirSync(join(dir, "node_modules"));
  writeFileSync(join(dir, "node_modules", ".package-lock.json"), "{}");
  utimesSync(join(dir, "package-lock.json"), 1, 1);
  assert.match(callsOf({})[0] ?? "", install);
  mkdirSync(join(dir, "node_modules", "typescript"));
  assert.deepEqual(callsOf({}), ["run --silent build"], "nothing is installed twice");
});

test("what is built and unchanged is not built again, so that nothing is taken from under a running Plimsoll", () => {
  for (const folder of ["src", "jobs", "test", "dist"]) mkdirSync(join(dir, folder), { recursive: true });
  for (const file of ["package.json", "tsconfig.json", "src/main.ts"]) writeFileSync(join(dir, file), "{}");
  mkdirSync(join(dir, "node_modules", "typescript"), { recursive: true });
  const age = (file: string, seconds: number) => utimesSync(join(dir, file), seconds, seconds);
  for (const file of ["package.json", "package-lock.json", "tsconfig.json", "src/main.ts"]) age(file, 100);
  for (const folder of ["src", "jobs", "test"]) age(folder, 100);
  writeFileSync(join(dir, "dist", ".built"), "");
  age("dist/.built", 200);
  assert.deepEqual(callsOf({}), [""]);
  age("src/main.ts", 300);
  assert.deepEqual(callsOf({}), ["run --silent build"]);
  age("src/main.ts", 100);
  age("src", 300);
  assert.deepEqual(callsOf({}), ["run --silent build"], "a file that went is a change too");
});
