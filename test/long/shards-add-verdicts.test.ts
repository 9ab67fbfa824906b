import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { Secret } from "../../src/secret.js";
import { openStore } from "../../src/store/store.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { runCli } from "../helpers/run-cli.js";
import { smallFleet, type SmallFleet } from "../helpers/small-fleet.js";
import { startShards } from "../helpers/start-shards.js";

/** What is told is of months ago. */
const KEPT = { PLIMSOLL_RAW_DAYS: "3000", PLIMSOLL_MINUTE_DAYS: "3000", PLIMSOLL_HOUR_DAYS: "3000" };
const SEED = Number(process.env["TEST_SEED"] ?? 7);
const [MINUTE, DAY, SETTLED] = [60_000, 86_400_000, 45_000];
const T0 = Date.parse("2026-03-11T14:00:00Z");

test("after a server was added to one, and one to two, all is judged as where there were so many from the beginning, byte for byte", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-add-"));
  const grown = await startShards(join(dir, "grown"), 3, 1);
  const whole = await startShards(join(dir, "whole"), 3);
  const redis = await startRedis({ dataDir: join(dir, "redis") });
  const [one, three] = [await openChecks(grown.servers[0]!.url), await openChecks(whole.url)];
  t.after(async () => {
    await Promise.all([one.close(), three.close()]);
    await Promise.all([grown.stop(), whole.stop(), redis.kill()]);
    rmSync(dir, { recursive: true, force: true });
  });
  const database = new URL(one.url).pathname;
  const urls = grown.servers.map(({ url }) => url.replace(/\/plimsoll$/, database));
  const stories = [begin(one), begin(three)];
  await tell(stories, { from: null, to: T0 + 3 * MINUTE });
  for (const servers of [2, 3]) {
    const from = urls.slice(0, servers - 1).join(";");
    const env = { ...KEPT, CLICKHOUSE_URL: from, REDIS_URL: redis.url };
    const run = await runCli(["shards", "add", urls[servers - 1]!], env);
    t.diagnostic(run.stdout);
    assert.equal(run.code, 0, run.stderr);
    const list = urls.slice(0, servers).join(";");
    const listed = await runCli(["shards"], { CLICKHOUSE_URL: list, REDIS_URL: redis.url });
    t.diagnostic(listed.stdout);
    stories[0] = { ...stories[0]!, store: openStore(new Secret(list)) };
    const at = T0 + 3 * (servers - 1) * MINUTE;
    await tell(stories, { from: at, to: at + 3 * MINUTE });
    const sums = await Promise.all(stories.map(sumsOf));
    for (const [i, sum] of sums[0]!.entries()) assert.deepEqual(sum, sums[1]![i], `sums ${i} with ${servers} servers`);
  }
  const told = stories.map(({ checks }) => checks.found.map(({ asOf: _, ...finding }) => JSON.stringify(finding)));
  assert.ok(told[0]!.length > 0);
  assert.deepEqual(told[0], told[1]);
  await stories[0]!.store.close();
});

interface Story {
  readonly checks: OpenChecks;
  readonly store: OpenChecks["store"];
  readonly fleet: SmallFleet;
}

const begin = (checks: OpenChecks): Story => ({
  checks,
  store: checks.store,
  fleet: smallFleet(SEED, T0, T0 + MINUTE),
});

/** Traffic of a span, a row that comes late, and the checks of it; ten days and what is learned of them before the first. */
async function tell(
  stories: readonly Story[],
  { from, to }: { readonly from: number | null; readonly to: number },
): Promise<void> {
  for (const { checks, store, fleet } of stories) {
    const listening = { ...store, check: { ...store.check, insertFindings: checks.deps.store.check.insertFindings } };
    const deps = { ...checks.deps, store: listening, memory: new CheckCache() };
    if (from === null) {
      await fleet.insertRegistry(store);
      await fleet.insert(store, 0, T0);
      await learnBaselines(deps, T0 + SETTLED, T0);
    }
    await fleet.insert(store, from ?? T0, to);
    await checkKeys(deps, to + SETTLED);
    const late = { ts: new Date(to - 2 * MINUTE).toISOString(), key_id: fleet.keys[2]!, source_ip: "203.0.113.9" };
    await fleet.insert(store, 0, 0, [
      { ...late, count: 500, route: "/v1/charges", status: 200 },
      { ...late, ts: new Date(to - 3 * DAY).toISOString(), count: 2, route: "/v1/late", status: 401 },
    ]);
    await checkKeys(deps, to + SETTLED);
  }
}

const TABLES = [
  "usage_minutes",
  "usage_hours",
  "source_minutes",
  "source_hours",
  "route_minutes",
  "route_hours",
  "client_minutes",
  "client_days",
  "refused_minutes",
];

/** Sums of every table by key, of raw rows, and of what was there as of now by raw rows alone. */
async function sumsOf({ store }: Story): Promise<unknown[]> {
  const ask = async (query: string) => (await store.client.query({ query, format: "JSONEachRow" })).json();
  const sums = await Promise.all(
    TABLES.map(async (table) =>
      ask(`SELECT key_id, sum(requests) AS n, uniqExact(*) > 0 AS any FROM ${table} GROUP BY key_id ORDER BY key_id`),
    ),
  );
  const others = [
    "SELECT key_id, count() AS n, sum(count) AS c, sum(cityHash64(ts, source_ip, route, status)) AS h FROM requests GROUP BY key_id ORDER BY key_id",
    "SELECT key_id, level, value, min(first_at) AS f, max(last_at) AS l FROM first_seen GROUP BY ALL ORDER BY ALL",
    "SELECT minute, source, sum(events) AS n FROM ingest_coverage GROUP BY ALL ORDER BY ALL",
    "SELECT key_id, sum(requests) AS n FROM usage_minutes_as_of(as_of = now64(3)) GROUP BY key_id ORDER BY key_id",
    "SELECT key_id, level, value, first_at, last_at FROM first_seen_as_of(as_of = now64(3)) ORDER BY ALL",
  ];
  return [...sums, ...(await Promise.all(others.map(ask)))];
}
