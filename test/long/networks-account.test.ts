import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient } from "@clickhouse/client";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { runCli } from "../helpers/run-cli.js";

const directory = mkdtempSync(join(tmpdir(), "plimsoll-networks-account-"));
let server = undefined as unknown as LocalClickHouse;
/** As whoever may read the environment of the server's process knows it. */
let password = "";

before(async () => {
  server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
  const migrated = await runCli(["migrate"], { CLICKHOUSE_URL: server.url });
  assert.equal(migrated.code, 0, migrated.stderr);
  const environment = execFileSync("ps", ["eww", "-o", "command=", "-p", String(server.pid)], { encoding: "utf8" });
  password = / CLICKHOUSE_NETWORKS_PASSWORD=(\w{48})/.exec(environment)?.[1] ?? "";
  assert.notEqual(password, "");
});
after(async () => {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

/** What the account is answered over HTTP; `ok` is false for an error. */
async function ask(query: string, shown = password): Promise<{ readonly ok: boolean; readonly text: string }> {
  const authorization = `Basic ${Buffer.from(`plimsoll_networks:${shown}`).toString("base64")}`;
  const url = `http://127.0.0.1:${server.httpPort}/`;
  const answer = await fetch(url, { method: "POST", body: query, headers: { authorization } });
  return { ok: answer.ok, text: await answer.text() };
}

test("the dictionary of networks is read as its account, with a password that is in no statement", async () => {
  const owner = createClient({ url: server.url });
  const network = { prefix: "192.0.2.0/24", asn: 64500, name: "ours", type: "isp", version: "1", refreshed_at: 1 };
  await owner.insert({ table: "networks", values: [network], format: "JSONEachRow" });
  const find = "SELECT dictGet('network_of', 'name', toIPv6('192.0.2.1')) AS name";
  const found = await owner.query({ query: find, format: "JSONEachRow" });
  assert.deepEqual(await found.json(), [{ name: "ours" }]);
  const statement = await owner.query({ query: "SHOW CREATE DICTIONARY network_of", format: "TabSeparatedRaw" });
  assert.doesNotMatch(await statement.text(), /PASSWORD/i);
  const known = await owner.query({
    query: "SELECT toString(collection) FROM system.named_collections",
    format: "CSV",
  });
  assert.ok(!(await known.text()).includes(password));
  await owner.close();
});

test("nobody gets in as the account of networks without its password, and with it only from the server's own machine", async () => {
  for (const wrong of ["", "0".repeat(48)]) assert.match((await ask("SELECT 1", wrong)).text, /Authentication failed/);
  assert.equal((await ask("SELECT 1")).ok, true);
  const owner = createClient({ url: server.url });
  const hosts = `SELECT host_ip, host_names, host_names_regexp, host_names_like FROM system.users WHERE name = 'plimsoll_networks'`;
  const rows = await owner.query({ query: hosts, format: "JSONCompactEachRow" });
  assert.deepEqual(await rows.json(), [[[], ["localhost"], [], []]]);
  await owner.close();
});

/** What is tried with the password, and how ClickHouse names its refusal. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ...["requests", "key_versions", "request_events", "incidents", "key_fingerprints"].map(
    (name) => [`SELECT count() FROM plimsoll.${name}`, /Not enough privileges/] as const,
  ),
  ["SELECT count() FROM system.processes", /Not enough privileges/],
  ["SELECT count() FROM system.named_collections", /Not enough privileges/],
  ["SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", /Not enough privileges/],
  ["SELECT * FROM file('/etc/passwd', 'LineAsString')", /Not enough privileges/],
  ["SELECT * FROM remote('127.0.0.1', 'plimsoll', 'requests')", /Not enough privileges/],
  ["SELECT * FROM s3('https://bucket.s3.amazonaws.com/x', 'LineAsString')", /Not enough privileges/],
  ["SELECT dictGet('plimsoll.network_of', 'name', toIPv6('192.0.2.1'))", /Not enough privileges/],
  ["INSERT INTO plimsoll.networks (prefix) VALUES ('x')", /Not enough privileges|readonly/],
  ["TRUNCATE TABLE plimsoll.networks", /Not enough privileges|readonly/],
  ["CREATE TABLE plimsoll.mine (n UInt8) ENGINE = Memory", /Not enough privileges|readonly/],
  ["CREATE USER me", /Not enough privileges|readonly/],
  ["KILL QUERY WHERE 1", /Not enough privileges|readonly/],
  ...["max_execution_time", "max_memory_usage", "max_concurrent_queries_for_user", "readonly"].map(
    (setting) => [`SELECT 1 SETTINGS ${setting} = 0`, /readonly/] as const,
  ),
  ["SELECT count() FROM numbers(1e12) WHERE NOT ignore(sipHash64(number))", /max_rows_to_read|Limit for rows/],
  ["SELECT length(groupArray(toString(number))) FROM numbers(19000000)", /memory limit exceeded/i],
];
for (const [query, refusal] of FORBIDDEN) {
  test(`the account of networks is refused: ${query}`, async () => {
    const { ok, text: answer } = await ask(query);
    assert.equal(ok, false);
    assert.match(answer, refusal);
  });
}

test("the account of networks runs two queries at once, each for a minute at most", async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask("SELECT sleep(1)")));
  const refused = answers.filter(({ ok }) => !ok);
  assert.ok(refused.length >= 1 && answers.length - refused.length >= 2, `${refused.length} of 6 refused`);
  for (const { text: why } of refused) assert.match(why, /Too many simultaneous queries for user/);
  assert.equal((await ask("SELECT getSetting('max_execution_time')")).text.trim(), "60");
});
