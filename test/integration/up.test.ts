import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startCommand, type RunningCommand } from "../helpers/logged-command.js";
import { signInAt } from "../helpers/page-forms.js";
import { runCli } from "../helpers/run-cli.js";
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
  assert.match(up.log(), /Sign in to the dashboard with the admin token in .*admin\.token\./);
  for (const secret of [admin, readFileSync(join(data, "read.token"), "utf8"), ...Object.values(canaries)]) {
    assert.ok(!up.log().includes(secret.replace("gateway=", "")));
  }
  assert.match(await signInAt({ url }, admin), /^plimsoll_session=/);

  await t.test("every command finds what up left in its directory, and nobody else's", async () =>
    commandsReach(up, data, url),
  );

  await t.test(
    "when a server that up started dies, up says which and ends, so that whoever runs it knows",
    async (inner) => {
      const again = startCommand("up", join(dir, "again.log"), env, ["--data", data]);
      inner.after(() => again.kill());
      await until("up is up", () => /Plimsoll is up at/.test(again.log()), 60_000);
      const { pid } = JSON.parse(readFileSync(join(data, "redis", "redis.holder.json"), "utf8")) as { pid: number };
      process.kill(pid, "SIGKILL");
      assert.equal(await again.ended, "exit code 3");
      assert.match(again.log(), /error: Redis ended \(SIGKILL\), so everything stops: start plimsoll up again/);
    },
  );
});

/** Looks from everywhere that a command may be started at, while `up` runs and after it. */
async function commandsReach(up: RunningCommand, data: string, url: string): Promise<void> {
  const home = join(data, "..");
  const settings = join(data, "env");
  assert.equal(statSync(settings).mode & 0o777, 0o600);
  assert.match(readFileSync(settings, "utf8"), new RegExp(`^PLIMSOLL_BASE_URL='${url}'$`, "m"));
  const usual = join(home, ".plimsoll");
  symlinkSync(data, usual);
  const list = async (cwd: string, env: Record<string, string> = {}, ...args: string[]) =>
    runCli(["keys", "list", "--json", ...args], env, "", cwd);
  const found = await list(home);
  assert.deepEqual([found.code, found.stdout.trim()], [1, "[]"], found.stderr);
  assert.equal((await list(tmpdir(), {}, "--data", data)).stdout.trim(), "[]");
  const doctor = await runCli(["doctor", "--json"], {}, "", home);
  const checks = (JSON.parse(doctor.stdout) as { checks: { check: string; state: string }[] }).checks;
  assert.equal(
    checks.find(({ check }) => check === "routing key")?.state,
    "ok",
    "also what the environment of up gave",
  );

  const address = await runCli(["investigate", "203.0.113.7"], {}, "", home);
  const [command = ""] = /^ *curl .*/m.exec(address.stderr) ?? [];
  assert.match(command, /-u "analyst:\$\(cat /, address.stderr);
  // As it is printed, in any directory: ClickHouse lets it in.
  execFileSync("sh", ["-c", `${command.trim()} --fail --silent --show-error`], { timeout: 30_000 });

  const other = { CLICKHOUSE_URL: "http://127.0.0.1:1/plimsoll" };
  const mixed = await list(tmpdir(), other, "--data", data);
  assert.deepEqual([mixed.code, /CLICKHOUSE_URL is set/.test(mixed.stderr)], [2, true], mixed.stderr);
  assert.equal((await list(home, other)).code, 3, "who names another store is not given this one's keys");
  chmodSync(settings, 0o644);
  const open = await list(home);
  assert.deepEqual(
    [open.code, /can be read or written by other users[\s\S]*chmod 600/.test(open.stderr)],
    [2, true],
    open.stderr,
  );
  chmodSync(settings, 0o600);
  const taken = await runCli(["up", "--data", join(home, "second")], { PLIMSOLL_HTTP_PORT: new URL(url).port });
  assert.deepEqual([taken.code, /port is in use[\s\S]*PLIMSOLL_HTTP_PORT/.test(taken.stderr)], [2, true], taken.stderr);
  assert.ok(!existsSync(join(home, "second")), "nothing was started or left before");

  assert.equal(await up.stop(), "exit code 0");
  const after = await list(home);
  assert.deepEqual(
    [after.code, /start Plimsoll again, with the environment that it had: `plimsoll up --data/.test(after.stderr)],
    [3, true],
  );
}
