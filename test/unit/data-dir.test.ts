import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { adoptSettings, DataDirProblem, fixOf, openDataDir, writeSettings } from "../../src/commands/data-dir.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-data-dir-"));
after(() => rmSync(dir, { recursive: true, force: true }));

test("settings arrive as they were written, whatever is in them, and what is set already stays", () => {
  const hostile = `a'b\nPLIMSOLL_URL='http://evil.example'\n$(id) "c" '\\''`;
  writeSettings(dir, {
    PLIMSOLL_KEY_PEPPER: hostile,
    PLIMSOLL_URL: "http://127.0.0.1:1",
    PLIMSOLL_INGEST_TOKENS_FILE: "/run/tokens",
    PLIMSOLL_LOG_LEVEL: "",
    HOME: "/root",
  });
  assert.equal(statSync(join(dir, "env")).mode & 0o777, 0o600);
  // What an unknown source could add to it is no name of ours.
  appendFileSync(join(dir, "env"), "NODE_OPTIONS='--require /tmp/evil.js'\n");
  const env: Record<string, string | undefined> = { PLIMSOLL_INGEST_TOKENS: "own=0123456789abcdef" };
  adoptSettings(env, dir);
  assert.deepEqual(env, {
    PLIMSOLL_INGEST_TOKENS: "own=0123456789abcdef",
    PLIMSOLL_KEY_PEPPER: hostile,
    PLIMSOLL_URL: "http://127.0.0.1:1",
  });
});

test("settings that are a link are not taken, nor those of no directory", () => {
  renameSync(join(dir, "env"), join(dir, "moved"));
  symlinkSync(join(dir, "moved"), join(dir, "env"));
  assert.throws(() => adoptSettings({}, dir), {
    name: "DataDirProblem",
    message: /can be read or written by other users/,
  });
  assert.throws(() => adoptSettings({}, join(dir, "none")), { message: /plimsoll up --data/ });
});

test("a data directory that cannot be had is named, with what to do", () => {
  for (const path of [join(dir, "moved", "below"), "/proc/plimsoll"]) {
    assert.throws(
      () => openDataDir(path),
      (error: unknown) =>
        error instanceof DataDirProblem && error.message.includes(path) && /--data DIR/.test(error.message),
    );
  }
});

test("a stopped up is started again as it is run here, with its environment", () => {
  renameSync(join(dir, "moved"), join(dir, "kept"));
  writeSettings(join(dir), { PLIMSOLL_URL: "http://127.0.0.1:1" });
  adoptSettings({}, dir);
  const npm = process.env["npm_command"];
  process.env["npm_command"] = "exec";
  assert.match(
    fixOf({ kind: "refused", fix: "" }),
    /^start Plimsoll again, with the environment that it had: `npx plimsoll up --data '/,
  );
  delete process.env["npm_command"];
  assert.match(fixOf({ kind: "refused", fix: "" }), /: `plimsoll up --data '/);
  if (npm !== undefined) process.env["npm_command"] = npm;
});
