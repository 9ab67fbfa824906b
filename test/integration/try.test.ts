import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { attackersFleet } from "../helpers/attackers-fleet.js";
import { nginxLine } from "../helpers/nginx-log.js";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";
import { until } from "../helpers/until.js";

const HOUR = 3_600_000;
const T0 = Date.parse("2026-03-07T00:00:00Z");
const LEAK = T0 + 50 * HOUR;

const dir = mkdtempSync(join(tmpdir(), "plimsoll-try-test-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

const fleet = attackersFleet(3, 3, T0, LEAK + HOUR, [
  { key: 1, from: LEAK, to: LEAK + HOUR, perMinute: 90, addresses: 2 },
]);
const accessLog = fleet.lines
  .map(({ text: line }) => nginxLine(JSON.parse(line) as Parameters<typeof nginxLine>[0]))
  .join("\n");
const env = {
  CLICKHOUSE_URL: testServices().clickhouseUrl,
  PLIMSOLL_PAGE_BUDGET: "1",
  PLIMSOLL_NETWORKS_FILE: file("networks.csv", networksCsv(fleet.networks)),
};

test("a theft in an access log is paged as on-call would have read it, with what would be seen, what cannot be and what makes it permanent", async () => {
  const log = file("access.log", `${accessLog}\n`);
  const run = await runCli(["try", log, "--step", "15m"], env);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^\S*access\.log: nginx \(combined lines: address/);
  assert.match(run.stdout, /names no key: each authenticated user stands for a key/);
  assert.match(run.stdout, new RegExp(`found +3 keys, 2026-03-07 00:00 UTC to 2026-03-09 02:\\d\\d UTC`));
  const [stolen] = fleet.stolen;
  assert.match(
    run.stdout,
    new RegExp(`would have paged: 1\n +2026-03-09 0[23]:\\d\\d UTC +(critical|error) +${stolen}: .*new address`),
  );
  assert.match(run.stdout, /next steps +\S.*\n(.*\n)* +new networks +\S/);
  assert.match(
    run.stdout,
    new RegExp(
      `were used most\n(.*\n)*  ${stolen}: [\\d,]+ requests\n +paged from \\(new network\\) +15m: [\\d.]+/min`,
    ),
  );
  assert.match(
    run.stdout,
    /single keys: the log names only users[^]*3 days of history[^]*no cost: spend cannot be judged/,
  );
  assert.match(run.stdout, /what would help most: log the key's id or the header that holds the key/);
  assert.match(
    run.stdout,
    /to make it permanent\n {2}plimsoll up\n {2}plimsoll import nginx --key-from user --follow \S*access\.log\n/,
  );
});

test("what is no log ends with the reason and 1, before anything is started, and a file beside it costs no neighbour", async () => {
  const prose = file("prose.log", "Dear diary,\ntoday nothing happened.\n");
  const away = { CLICKHOUSE_URL: "http://127.0.0.1:9/plimsoll" };
  const none = await runCli(["try", prose], away);
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /there is no event in it:\n.*0 events\n +not imported: 1 unknown_format.*prose\.log record 1/,
  );
  const missing = await runCli(["try", join(dir, "none.log")], away);
  assert.deepEqual([missing.code, /there is no such file/.test(missing.stderr)], [2, true]);
  const log = file(
    "one.log",
    `${nginxLine({ ts: "2026-03-07T00:00:00Z", key_id: "ann", source_ip: "198.51.100.7" })}\n`,
  );
  const empty = file("rotated.log", "");
  const beside = await runCli(["try", empty, log], env);
  assert.equal(beside.code, 0, beside.stderr);
  assert.match(beside.stdout, /empty: \S*rotated\.log\n[^]*found +1 key,/);
  const nothing = await runCli(["try", empty], away);
  assert.equal(nothing.code, 0, nothing.stderr);
  assert.match(nothing.stdout, /^read .*0 events\n +empty: \S*rotated\.log\n$/);
  const old = file("old.ndjson", '{"ts":"1969-07-20T20:17:40Z","key_id":"ann"}\n');
  const before = await runCli(["try", old], env);
  assert.equal(before.code, 1);
  assert.match(before.stderr, /there is no event in it:[^]*\n +1 ts_out_of_range: ts: must be between 1970-01-01 and/);
  assert.doesNotMatch(before.stderr, /--key-from/);
  const both = await runCli(["try", prose, log], env);
  assert.equal(both.code, 1, both.stderr);
  assert.match(both.stdout, /1 unknown_format[^]*found +1 key,/);
});

test("a run that is interrupted leaves no file, no process and no stack", async () => {
  const scratch = join(dir, "tmp");
  mkdirSync(scratch);
  const log = join(dir, "access.log");
  const main = fileURLToPath(new URL("../../bundle/main.js", import.meta.url));
  const child = spawn(process.execPath, [main, "try", log, "--step", "1m"], {
    cwd: scratch,
    env: { PATH: process.env["PATH"], TMPDIR: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = text(child.stderr);
  child.stdout.resume();
  await until("its server has a place", () => readdirSync(scratch).length > 0);
  child.kill("SIGINT");
  assert.equal(await ended, 1);
  assert.match(await said, /^error: stopped before the end/);
  assert.deepEqual(readdirSync(scratch), []);
});
