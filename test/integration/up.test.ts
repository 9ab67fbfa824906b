import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startCommand } from "../helpers/logged-command.js";
import { signInAt } from "../helpers/page-forms.js";
import { until } from "../helpers/until.js";

const made = () => randomBytes(24).toString("hex");

const ps = (...args: string[]) => execFileSync("ps", args, { encoding: "utf8" }).trim();

/**
 * The command line and the whole environment, as its owner and root may read them, of every process that `up` started; but for the test's own watcher
 * of `up`, which has the command line of that.
 */
function programsBeside(up: number): string[] {
  const pairs = ps("-A", "-o", "pid=,ppid=")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const found: string[] = [];
  const open = [String(up)];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const [child = "", parent] of pairs) {
      if (parent !== pid || ps("ww", "-o", "command=", "-p", child).includes("main.js up")) continue;
      found.push(ps("eww", "-o", "command=", "-p", child));
      open.push(child);
    }
  }
  return found;
}

test("what up starts beside itself has none of its secrets in its environment, and what up prints into a file no token", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-up-"));
  const data = join(dir, "data");
  const canaries = {
    PLIMSOLL_INGEST_TOKENS: `gateway=${made()}`,
    PLIMSOLL_KEY_PEPPER: made(),
    PAGERDUTY_ROUTING_KEY: randomBytes(16).toString("hex"),
    AWS_SECRET_ACCESS_KEY: made(),
    SOME_OTHER_SECRET: made(),
  };
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, PLIMSOLL_HTTP_PORT: "0", ...canaries };
  const up = startCommand("up", join(dir, "up.log"), env, ["--data", data]);
  t.after(async () => {
    await up.kill();
    rmSync(dir, { recursive: true, force: true });
  });
  const url = await until("up is up", () => /Plimsoll is up at (http:\S+);/.exec(up.log())?.[1], 60_000);
  const beside = programsBeside(up.pid);
  for (const program of [/embedded-clickhouse-child/, /redis-server|valkey-server/]) {
    const found = beside.filter((text) => program.test(text));
    assert.ok(found.join("\n").includes(`PATH=${PATH}`), "its environment can be read");
  }
  for (const text of beside) {
    for (const [name, value] of Object.entries(canaries)) {
      const secret = value.replace("gateway=", "");
      assert.ok(!text.includes(name) && !text.includes(secret), `${name} in ${text.slice(0, 80)}`);
    }
  }
  const admin = readFileSync(join(data, "admin.token"), "utf8");
  assert.match(up.log(), /The pages open with the token in .*admin\.token\./);
  for (const secret of [admin, readFileSync(join(data, "read.token"), "utf8"), ...Object.values(canaries)]) {
    assert.ok(!up.log().includes(secret.replace("gateway=", "")));
  }
  assert.match(await signInAt({ url }, admin), /^plimsoll_session=/);
});
