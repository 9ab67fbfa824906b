import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { parse } from "yaml";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { asSent, dashboardQueries } from "../helpers/grafana.js";
import { runCli } from "../helpers/run-cli.js";

const folder = new URL("../../../docs/grafana/", import.meta.url);
const dashboard = (name: string) => new URL(`dashboards/${name}.json`, folder);
const directory = mkdtempSync(join(tmpdir(), "plimsoll-grafana-"));
/** Views that contract and README promise to keep. */
const STABLE = new Set(
  "request_events usage_per_minute usage_per_hour usage_per_day source_networks keys findings incidents pages checks key_timeline key_sources key_routes key_dossier".split(
    " ",
  ),
);
const KEY = 'it\'s "one"';
const now = Math.floor(Date.now() / 1000);
const at = (secondsAgo: number) => new Date((now - secondsAgo) * 1000).toISOString().slice(0, 19).replace("T", " ");
/** A short span reads minutes and a long one hours. */
const SPANS = [
  { days: 1, step: 60 },
  { days: 7, step: 600 },
];

interface DataSource {
  readonly jsonData: { readonly defaultDatabase: string; readonly username: string; readonly queryTimeout: string };
}

const [source] = (
  parse(readFileSync(new URL("provisioning/datasources/plimsoll.yaml", folder), "utf8")) as {
    datasources: readonly DataSource[];
  }
).datasources;
let server = undefined as unknown as LocalClickHouse;
let analyst = undefined as unknown as ClickHouseClient;

before(async () => {
  server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
  const migrated = await runCli(["migrate"], { CLICKHOUSE_URL: server.url });
  assert.equal(migrated.code, 0, migrated.stderr);
  const owner = createClient({ url: server.url });
  const insert = (table: string, values: readonly Readonly<Record<string, unknown>>[]) =>
    owner.insert({ table, values, format: "JSONEachRow" });
  const used = { key_id: KEY, source_ip: "::ffff:192.0.2.1", asn: 64_500, route: "/v1/charges", method: "POST" };
  await insert("requests", [
    { ts: at(7200), ...used, count: 3, spend_micros: 5_000_000 },
    { ts: at(7100), ...used, status: 429, count: 2 },
    { ts: at(7100), key_id: "another", source_ip: "::", count: 1 },
  ]);
  await insert("key_versions", [{ key_id: KEY, valid_from: at(90_000), display: "sk_…abcd", limit_per_minute: 60 }]);
  const found = { key_id: KEY, cause: "leak", severity: "critical" };
  await insert("finding_records", [
    { finding_id: "f", tick: at(3600), onset: at(7200), ...found, score: 5, summary: "leaks" },
  ]);
  await insert("incident_transitions", [
    { incident_id: "i", sequence: 1, at: at(3600), kind: "opened", ...found, details: '{"episode":1}' },
  ]);
  const page = { page_id: "p", incident_id: "i", key_id: KEY, action: "trigger", severity: "critical" };
  await insert("page_transitions", [
    { ...page, state: "pending", at: at(3590), body: "{}" },
    { ...page, state: "sent", at: at(3580), response_status: 202 },
  ]);
  const check = { job: "check-keys", reason: "live", keys: 2, duration_ms: 40 };
  await insert("check_runs", [
    { ...check, tick: at(3600), as_of: at(3560), outcome: "evaluated" },
    { ...check, tick: at(3540), as_of: at(3500), outcome: "not_evaluated", detail: "no events received" },
  ]);
  await owner.close();
  const { username, defaultDatabase, queryTimeout } = source!.jsonData;
  const { username: account, pathname } = new URL(server.analystUrl);
  assert.deepEqual([account, pathname], [username, `/${defaultDatabase}`]);
  analyst = createClient({
    url: server.analystUrl,
    log: { level: 127 },
    compression: { response: true },
    // What clickhouse-go makes of a deadline: five seconds more, as a setting of each query.
    clickhouse_settings: { max_execution_time: Number(queryTimeout) + 5 },
  });
});

after(async () => {
  await analyst.close();
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

for (const name of ["fleet", "key"]) {
  for (const { asker, sql } of dashboardQueries(dashboard(name))) {
    test(`in Grafana the dashboard ${name} answers an analyst: ${asker}`, async () => {
      for (const [, view = ""] of sql.matchAll(/(?:FROM|JOIN) (\w+)/g))
        assert.ok(STABLE.has(view), `${view} is stable`);
      for (const { days, step } of SPANS) {
        const query = asSent(sql, { from: now - days * 86_400, to: now, step, variables: { key: KEY } });
        const answer = await analyst.query({ query, format: "JSONCompactEachRow" });
        const rows = await answer.json<unknown[]>();
        assert.ok(rows.length > 0, `${days} days: no rows`);
        // A single figure is one that was put there.
        if (rows.length === 1 && rows[0]!.length === 1)
          assert.ok(rows[0]![0] === KEY || Number(rows[0]![0]) > 0, query);
      }
    });
  }
}

test("the dashboards of Grafana tell one key's traffic from another's, and what it cost", async () => {
  const view = { from: now - 86_400, to: now, step: 60, variables: { key: KEY } };
  const told = async (name: string, wanted: string) => {
    const { sql } = dashboardQueries(dashboard(name)).find(({ asker }) => asker === wanted)!;
    return (await analyst.query({ query: asSent(sql, view), format: "JSONCompactEachRow" })).json();
  };
  assert.deepEqual(await told("key", "Requests"), [["5"]]);
  assert.deepEqual(await told("key", "Spend"), [[5]]);
  assert.deepEqual(await told("key", "variable key"), [[KEY], ["another"]]);
  assert.deepEqual(await told("fleet", "Keys in use"), [["2"]]);
  assert.deepEqual(await told("fleet", "Open incidents"), [["1"]]);
});
