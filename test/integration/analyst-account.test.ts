import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { evidenceQuery } from "../../src/pipeline/page/evidence-query.js";
import { DAY, finding } from "../helpers/incident-parts.js";
import { runCli } from "../helpers/run-cli.js";

const directory = mkdtempSync(join(tmpdir(), "plimsoll-analyst-"));
// Recent, since minutes are kept for weeks only.
const at = (hoursAgo: number) =>
  new Date(Date.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
const SPAN = `key_id = 'k', from = '${at(24)}', to = '${at(0)}'`;
const PLAIN =
  "request_events usage_per_minute usage_per_hour usage_per_day source_networks provider_usage keys findings incidents incident_evidence pages page_copies containments checks";
const OF_A_KEY = ["key_timeline", "key_sources", "key_routes", "key_dossier"];
const VIEWS = PLAIN.split(" ").concat(OF_A_KEY.map((view) => `${view}(${SPAN})`));
const TABLES =
  "requests usage_minutes source_hours key_versions finding_records incident_transitions incident_events networks";
/** What is tried, and how ClickHouse names its refusal. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ...TABLES.split(" ").map((name) => [`SELECT count() FROM ${name}`, /Not enough privileges/] as const),
  ["SELECT count() FROM merge('plimsoll', 'requests')", /Not enough privileges|no tables satisfied/],
  ["SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", /Not enough privileges|readonly/],
  ["SELECT * FROM file('/etc/passwd', 'LineAsString')", /Not enough privileges|readonly/],
  ["SELECT * FROM remote('127.0.0.1', 'plimsoll', 'requests')", /Not enough privileges|readonly/],
  ["SELECT * FROM executable('ls', 'TSV', 'a String')", /Not enough privileges|readonly|doesn't exist|not supported/],
  ["SELECT count() FROM system.parts", /Not enough privileges/],
  ["SELECT count() FROM system.processes", /Not enough privileges/],
  ["SELECT count() FROM system.users", /Not enough privileges/],
  ["SELECT count() FROM dictionary('plimsoll.network_of')", /Not enough privileges/],
  ["INSERT INTO requests (key_id) VALUES ('k')", /Not enough privileges|readonly/],
  ["CREATE TABLE mine (n UInt8) ENGINE = Memory", /Not enough privileges|readonly/],
  ["CREATE OR REPLACE VIEW keys AS SELECT 1", /Not enough privileges|readonly/],
  ["ALTER TABLE findings MODIFY SQL SECURITY INVOKER", /Not enough privileges|readonly/],
  ["DROP VIEW pages", /Not enough privileges|readonly/],
  ["KILL QUERY WHERE 1", /Not enough privileges|readonly/],
  ["SYSTEM RELOAD DICTIONARY network_of", /Not enough privileges|readonly/],
  ["CREATE USER me", /Not enough privileges|readonly/],
  ["GRANT SELECT ON plimsoll.requests TO analyst", /Not enough privileges|readonly/],
  ["SELECT 1 SETTINGS readonly = 0", /readonly/],
  ["SET readonly = 0", /readonly/],
  [
    "SELECT count() FROM numbers(1e12) WHERE NOT ignore(sipHash64(number))",
    /rows_to_read|Limit for rows|Estimated query/,
  ],
  ["SELECT number FROM numbers(1000001)", /Limit for result exceeded/],
  ...["max_execution_time", "max_memory_usage", "max_rows_to_read", "max_result_rows"].flatMap(
    (setting) =>
      [
        [`SELECT 1 SETTINGS ${setting} = 0`, /shouldn't be less than 1/],
        [`SELECT 1 SETTINGS ${setting} = 1000000000000`, /shouldn't be greater than/],
      ] as const,
  ),
];

let server = undefined as unknown as LocalClickHouse;
let analyst = undefined as unknown as ClickHouseClient;

before(async () => {
  server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
  const migrated = await runCli(["migrate"], { CLICKHOUSE_URL: server.url });
  assert.equal(migrated.code, 0, migrated.stderr);
  const owner = createClient({ url: server.url });
  await owner.insert({
    table: "requests",
    values: [{ ts: at(5), key_id: "k", source_ip: "::ffff:192.0.2.1", count: 3 }],
    format: "JSONEachRow",
  });
  await owner.close();
  analyst = createClient({
    url: server.analystUrl,
    database: "plimsoll",
    log: { level: 127 },
    max_open_connections: 50,
  });
});

after(async () => {
  await analyst.close();
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (query: string): Promise<unknown[]> => {
  const answer = await analyst.query({ query, format: "JSONCompactEachRow" });
  return answer.json();
};

test("an analyst reads every stable view, and what is in them", async () => {
  for (const view of VIEWS) await ask(`SELECT * FROM ${view} LIMIT 1`);
  assert.deepEqual(await ask("SELECT key_id, requests FROM usage_per_day"), [["k", "3"]]);
  assert.deepEqual(await ask(`SELECT sum(requests) FROM key_timeline(${SPAN})`), [["3"]]);
  assert.deepEqual(await ask("SELECT key_id FROM request_events WHERE key_id = 'k'"), [["k"]]);
  assert.equal((await ask("SELECT name FROM system.tables WHERE database = 'plimsoll'")).length, VIEWS.length);
});

test("an analyst runs the query that a page carries, of a key and of a network", async () => {
  const tick = Date.now();
  const about = { keyId: "k", onset: tick - DAY, tick, asOf: tick + 60_000 };
  assert.equal((await ask(evidenceQuery(finding("error", tick, about), ["k"])!)).length, 1);
  const ofNetwork = finding("error", tick, { ...about, statistics: { network: "192.0.2.0/24" } });
  assert.equal((await ask(evidenceQuery(ofNetwork, ["k"])!)).length, 1);
});

test("an analyst is refused: more than twenty queries at once", async () => {
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => ask("SELECT sleep(1)")));
  const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [String(answer.reason)] : []));
  assert.ok(refused.length > 0 && refused.every((why) => why.includes("Too many simultaneous queries")), refused[0]);
});

for (const [query, refusal] of FORBIDDEN) {
  test(`an analyst is refused: ${query}`, async () => {
    await assert.rejects(
      analyst.exec({ query }).then(({ stream }) => stream.toArray()),
      refusal,
    );
  });
}
