import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readConfig } from "../../src/config.js";
import { containSettings, watchSettings } from "../../src/live-settings.js";
import { until } from "../helpers/until.js";

test("a kill switch follows its file, and is off while that cannot be used", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "kill-switch-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "switch");
  writeFileSync(path, "on\n");
  const env = { PLIMSOLL_CONTAIN_AUTOMATICALLY_FILE: path };
  const problems: string[] = [];
  const config = readConfig(env);
  const live = watchSettings(env, config, {
    onChange: () => {},
    onProblem: (_, problem) => problems.push(problem),
  });
  t.after(() => live.close());
  const mode = containSettings(config, live).automaticMode;
  assert.equal(mode(), "on");
  writeFileSync(path, "of\n");
  await until("it is off", async () => mode() === "off");
  assert.match(problems.join(), /must be off, dry-run or on: it is off until it can be read/);
  writeFileSync(path, "dry-run\n");
  await until("it is a dry run", async () => mode() === "dry-run");
});

test("without a budget and a switch nothing is contained automatically, and with a budget it is a dry run at first", () => {
  const config = readConfig({});
  assert.equal(config.PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR, 0);
  assert.equal(config.PLIMSOLL_CONTAIN_AUTOMATICALLY, "dry-run");
});
