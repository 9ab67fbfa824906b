import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../src/store/store.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { sqlOf } from "../helpers/page-sql.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Pages are asked for at no whole second. */
const now = Math.floor(Date.now() / HOUR) * HOUR;
const OWNER = 'pay\'s \\ "team"';
const directory = mkdtempSync(join(tmpdir(), "plimsoll-analyst-sql-"));
let server = undefined as unknown as LocalClickHouse;
let store = undefined as unknown as Store;
let analyst = undefined as unknown as ClickHouseClient;
let pages = undefined as unknown as OpenPages;

// The account reads the database plimsoll alone: no scratch database of the shared server.
before(async () => {
  server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
  const url = new Secret(server.url);
  await migrate(url);
  store = openStore(url);
  const deps = { store, baseUrl: null, enqueuePage: async () => {} };
  pages = await openPages({ advance: deps, now: () => now + 547 });
  analyst = createClient({ url: server.analystUrl, database: "plimsoll", log: { level: 127 } });
  const key = (keyId: string, more: object = {}) => keyVersion({ keyId, validFrom: now - 90 * DAY, ...more });
  await store.registry.insertKeys(
    [key("k-a", { owner: OWNER, service: "checkout", limitPerMinute: 100 }), key("k-b", { owner: "search" })],
    "test",
  );
  const hour = Array.from({ length: 60 }, () => 80);
  const changed = { asn: 64_500, networkType: "hosting", userAgent: "Python-Requests/2.32" } as const;
  await insertEvents(store, [
    ...perMinute("k-a", now - 2 * HOUR, hour, changed, "203.0.113.7"),
    ...perMinute("k-b", now - 2 * HOUR, [1, 1], { ...changed, userAgent: "curl/8" }, "203.0.113.8"),
    ...perMinute("k-b", now - 2 * HOUR, [1, 1], { ...changed, userAgent: "curl/8" }, "2001:db8::7"),
  ]);
  const leak = finding("critical", now - HOUR, { keyId: "k-a", onset: now - 2 * HOUR });
  await store.check.insertFindings([leak]);
  await advanceIncidents(deps, [leak], [leak.tick]);
});
after(async () => {
  await analyst.close();
  await pages.close();
  await store.close();
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

const minutes = (from: number) => new Date(from).toISOString().slice(0, 16);
const SPAN = `from=${minutes(now - 2 * HOUR)}&to=${minutes(now - 2 * HOUR + 30 * MINUTE)}`;
const OF_OWNER = `owner=${encodeURIComponent(OWNER)}`;

for (const [way, keysOfSql] of [
  [`owners/${encodeURIComponent(OWNER)}`, { "sql-keys": ["k-a"], "sql-networks": ["k-a"] }],
  ["limits", { "sql-limits": ["k-a"] }],
  ["clients?client=PYTHON", { "sql-clients": ["k-a"] }],
  [`requests?key=k-a&${SPAN}`, { "sql-requests": ["k-a"] }],
  [`requests?address=203.0.113.0/24&${SPAN}`, { "sql-requests": ["k-a", "k-b"] }],
  ["keys", { "sql-keys": ["k-a", "k-b"] }],
  [`keys?service=checkout&${OF_OWNER}`, { "sql-keys": ["k-a"] }],
  ["incidents", { "sql-incidents": ["k-a"] }],
  [
    `incidents?${OF_OWNER}&state=open&severity=critical&cause=leak&key=k-a&from=2020-01-01`,
    { "sql-incidents": ["k-a"] },
  ],
  ["incidents?owner=search", { "sql-incidents": [] }],
  ["incidents?verdict=benign", { "sql-incidents": [] }],
  ["networks/AS64500", { "sql-network": ["k-a", "k-b"] }],
  ["networks/203.0.113.7", { "sql-network": ["k-a"] }],
  ["networks/2001%3Adb8%3A%3A%2F32", { "sql-network": ["k-b"] }],
] as const satisfies readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[]) {
  test(`the account analyst runs what /${way} shows to be copied, and finds its keys`, async () => {
    const answer = await fetch(`${pages.url}/${way}`, { headers: { cookie: pages.cookie } });
    assert.equal(answer.status, 200);
    const found: Record<string, readonly string[]> = {};
    for (const [id, query] of sqlOf(await answer.text())) {
      const rows = await analyst.query({ query, format: "JSONEachRow" });
      const keyIds = (await rows.json<{ readonly key_id: string }>()).map(({ key_id: keyId }) => keyId);
      found[id] = [...new Set(keyIds)].toSorted();
    }
    assert.deepEqual(found, keysOfSql);
  });
}
