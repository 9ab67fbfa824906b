import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickHouse } from "../../../src/local/services/embedded-clickhouse.js";
import { startRedis } from "../../../src/local/services/embedded-redis.js";
import { Secret } from "../../../src/secret.js";
import { applyRetention } from "../../../src/store/clickhouse/apply-retention.js";
import { migrate } from "../../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { openBench } from "../open-bench.js";
import { untilMerged } from "../until-merged.js";
import { fillHistory, readFilled, type FilledHistory } from "./fill-history.js";
import { measureReads } from "./measure-reads.js";

interface Given {
  readonly events: number;
  readonly keys: number;
  readonly samples: number;
  readonly data: string | undefined;
}
const { given, report } = openBench<Given>("reads", "How long people wait for pages and dossiers on a full database.", {
  events: { about: "events on file", usual: 100_000_000 },
  keys: { about: "keys they are of", usual: 10_000 },
  samples: { about: "keys that are looked at", usual: 40 },
  data: { about: "where the database is made, kept, and used again", value: "dir" },
});
const say = (text: string) => process.stderr.write(`${text}\n`);
const seconds = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`;

const directory = given.data ?? mkdtempSync(join(tmpdir(), "plimsoll-bench-reads-"));
const server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
const redis = await startRedis({ dataDir: join(directory, "redis") });
process.env["REDIS_URL"] = redis.url;
try {
  await migrate(new Secret(server.url));
  await applyRetention(new Secret(server.url), { rawDays: 90, minuteDays: 70, hourDays: 400 });
  const store = openStore(new Secret(server.url));
  const filled = (await readFilled(store)) ?? (await fill(store));
  await mergeClosedDays(store, filled);
  const mergingAt = performance.now();
  await untilMerged(store);
  say(`merged after ${seconds(mergingAt)}`);
  const stored = await readStored(store);
  const { figures, p95MsByReader } = await measureReads(store, filled, given.samples, say);
  console.table(stored);
  console.table(figures);
  report({ ...filled, stored, figures, p95MsByReader });
  await store.close();
} finally {
  await Promise.all([server.stop(), redis.stop()]);
  if (given.data === undefined) rmSync(directory, { recursive: true, force: true });
}

async function fill(store: Store) {
  const startedAt = performance.now();
  const wanted = {
    events: given.events,
    keys: given.keys,
    until: Math.floor(Date.now() / 60_000) * 60_000,
  };
  await fillHistory(store, wanted, (share) => say(`${Math.round(share * 100)} % after ${seconds(startedAt)}`));
  return wanted;
}

/** Merges the events of closed days, as the setting min_age_to_force_merge_seconds of their table does a day later. */
async function mergeClosedDays(store: Store, { until }: FilledHistory): Promise<void> {
  const result = await store.client.query({
    query: `SELECT partition FROM system.parts
            WHERE database = currentDatabase() AND table = 'requests' AND active AND partition < toString(toDate({until:DateTime}) - 1)
            GROUP BY partition HAVING count() > 1 ORDER BY partition`,
    query_params: { until: until / 1000 },
    format: "JSONEachRow",
  });
  for (const { partition } of await result.json<{ partition: string }>()) {
    await store.client.command({ query: `OPTIMIZE TABLE requests PARTITION '${partition}' FINAL` });
    say(`merged the events of ${partition}`);
  }
}

/** Rows, parts and megabytes of the tables with traffic. */
async function readStored(store: Store): Promise<Record<string, unknown>[]> {
  const result = await store.client.query({
    query: `SELECT table, sum(rows) AS rows, count() AS parts, round(sum(bytes_on_disk) / 1e6) AS megabytes
            FROM system.parts WHERE database = currentDatabase() AND active GROUP BY table HAVING rows > 10000 ORDER BY megabytes DESC`,
    format: "JSONEachRow",
  });
  return result.json();
}
