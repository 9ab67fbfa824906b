import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { freePort } from "../../src/local/services/free-port.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { startCommand } from "../helpers/logged-command.js";
import { runCli } from "../helpers/run-cli.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";
import { until } from "../helpers/until.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-start-"));
const bad = join(dir, "bad.csv");
const listener = createServer();
let database = undefined as unknown as ScratchDatabase;
let redis = undefined as unknown as LocalRedis;
let env: Record<string, string> = {};
const pepper = () => randomBytes(32).toString("hex");

before(async () => {
  [database, redis] = await Promise.all([scratchDatabase(), startRedis({ dataDir: join(dir, "redis") })]);
  await migrate(new Secret(database.url));
  writeFileSync(bad, "cidr,asn,name,type\n10.0.0.0/8,1,x,palace\n");
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  env = {
    CLICKHOUSE_URL: database.url,
    REDIS_URL: redis.url,
    PLIMSOLL_HTTP_PORT: "0",
    PLIMSOLL_KEY_PEPPER: pepper(),
  };
});
after(async () => {
  listener.close();
  await redis.kill();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

/** What goes wrong, for whom, with which exit code, and the words of cause and fix. */
type Row = readonly [what: string, commands: string[], env: () => Record<string, string>, code: number, says: RegExp];
const passwordless = () => database.url.replace(/:[^:@]*@/, ":wrong-word@");
const ROWS: readonly Row[] = [
  [
    "a networks file that is missing",
    ["work", "run refresh-networks"],
    () => ({ PLIMSOLL_NETWORKS_FILE: join(dir, "none.csv") }),
    2,
    /none\.csv cannot be read \(ENOENT\)/,
  ],
  ["a broken networks file", ["serve", "up"], () => ({ PLIMSOLL_NETWORKS_FILE: bad }), 2, /line 2: type "palace"/],
  [
    "a wrong password of ClickHouse",
    ["serve", "work", "migrate"],
    () => ({ CLICKHOUSE_URL: passwordless() }),
    3,
    /error 516[\s\S]*to fix it: correct user and password in CLICKHOUSE_URL/,
  ],
  [
    "a wrong password of Redis",
    ["work", "up"],
    () => ({ REDIS_URL: redis.url.replace(/:[^:@]*@/, ":wrong-word@") }),
    3,
    /WRONGPASS[\s\S]*to fix it: correct the password in REDIS_URL/,
  ],
  [
    "no ClickHouse",
    ["up", "run check-keys", "keys list"],
    () => ({ CLICKHOUSE_URL: "http://127.0.0.1:1/plimsoll" }),
    3,
    /ECONNREFUSED[\s\S]*to fix it: start ClickHouse/,
  ],
  [
    "a port that is taken",
    ["serve", "up"],
    () => ({ PLIMSOLL_HTTP_PORT: String((listener.address() as AddressInfo).port) }),
    2,
    /the port is in use[\s\S]*PLIMSOLL_HTTP_PORT/,
  ],
  [
    "an address of another machine",
    ["serve"],
    () => ({ PLIMSOLL_HTTP_HOST: "203.0.113.1" }),
    2,
    /set PLIMSOLL_HTTP_HOST/,
  ],
  ["a bad value", ["serve", "up"], () => ({ PLIMSOLL_PAGE_BUDGET: "much" }), 2, /PLIMSOLL_PAGE_BUDGET must be/],
];
for (const [what, commands, changed, code, says] of ROWS) {
  test(`${what}: ${commands.join(", ")} end at once, with the cause, the fix and no stack`, async () => {
    for (const command of commands) {
      const args = [...command.split(" "), ...(command === "up" ? ["--data", join(dir, "up")] : [])];
      const ended = await runCli(args, { ...env, ...changed() });
      assert.equal(ended.code, code, `${command}: ${ended.stderr}`);
      assert.match(ended.stderr, says, command);
      assert.doesNotMatch(ended.stderr + ended.stdout, /\n\s+at |wrong-word/, command);
    }
  });
}

test("doctor finds a networks file that cannot be used, and a base URL that is missing", async () => {
  const { code, stdout } = await runCli(["doctor"], { ...env, PLIMSOLL_NETWORKS_FILE: bad });
  assert.equal(code, 1);
  assert.match(stdout, /fail {2}networks file: .*line 2: type "palace"[\s\S]*PLIMSOLL_NETWORKS_FILE/);
  assert.match(stdout, /warn {2}base URL: not set\n.*PLIMSOLL_BASE_URL/);
});

test("work waits for a ClickHouse that is away, says what to do, and names what is not set", async (t) => {
  const url = `http://127.0.0.1:${await freePort()}/plimsoll`;
  const work = startCommand("work", join(dir, "work.log"), { ...env, CLICKHOUSE_URL: url });
  t.after(() => work.kill());
  await until("it says so", () => work.log().includes("ClickHouse: "));
  assert.match(work.log(), /"level":"error".*"fix":"start ClickHouse[^"]*","msg":"ClickHouse: [^"]*ECONNREFUSED/);
  assert.match(work.log(), /"level":"warn".*"fix":"set PLIMSOLL_BASE_URL[^"]*","msg":"base URL: not set"/);
  assert.equal(await Promise.race([work.ended, Promise.resolve("still running")]), "still running");
});

test("another pepper than that of the keys on file starts nothing and imports nothing, until it is said that the former is lost", async (t) => {
  const keys = join(dir, "keys.json");
  writeFileSync(keys, JSON.stringify([{ key_id: "payments", owner: "growth" }]));
  assert.equal((await runCli(["keys", "import", keys], env)).code, 0);
  const former = env["PLIMSOLL_KEY_PEPPER"] ?? "";
  const changed = { ...env, PLIMSOLL_KEY_PEPPER: pepper() };
  for (const args of [["serve"], ["keys", "import", keys]]) {
    const { code, stderr } = await runCli(args, changed);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /PLIMSOLL_KEY_PEPPER is not the pepper[\s\S]*PLIMSOLL_KEY_PEPPER_PREVIOUS[\s\S]*--new-pepper/);
    assert.ok(!stderr.includes(changed.PLIMSOLL_KEY_PEPPER));
  }
  const doctor = await runCli(["doctor"], changed);
  assert.deepEqual([doctor.code, /fail {2}key pepper in use/.test(doctor.stdout)], [1, true]);
  assert.equal((await runCli(["keys", "import", keys], { ...changed, PLIMSOLL_KEY_PEPPER_PREVIOUS: former })).code, 0);
  const lost = { ...env, PLIMSOLL_KEY_PEPPER: pepper() };
  const serve = startCommand("serve", join(dir, "serve.log"), lost, ["--new-pepper"]);
  t.after(() => serve.kill());
  await until("it serves", () => serve.log().includes('"msg":"serving"'));
  assert.match((await runCli(["doctor"], lost)).stdout, /ok {4}key pepper in use/);
});
