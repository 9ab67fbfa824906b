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

/**
 * Every process that `up` started, with its command line and its whole environment, as its owner and root may read them; but for the test's own
 * watcher of `up`, which has the command line of that.
 */
function descendantsOf(pid: number): { readonly pid: number; readonly text: string }[] {
  const pairs = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const children = pairs
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!);
  const show = (child: number, format: string) =>
    execFileSync("ps", [format, "-o", "command=", "-p", String(child)], { encoding: "utf8" });
  return children
    .filter((child) => !show(child, "ww").includes("main.js up"))
    .flatMap((child) => [{ pid: child, text: show(child, "eww") }, ...descendantsOf(child)]);
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
  const beside = descendantsOf(up.pid);
  for (const program of [/embedded-clickhouse-child/, /redis-server|valkey-server/]) {
    const found = beside.filter(({ text }) => program.test(text));
    assert.ok(
      found.some(({ text }) => text.includes(`PATH=${PATH}`)),
      "its environment can be read",
    );
  }
  for (const { text } of beside) {
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
