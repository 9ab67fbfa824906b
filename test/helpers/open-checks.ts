import type { Finding } from "../../src/model/finding/finding.js";
import type { CheckKeysDeps } from "../../src/pipeline/check/check-keys.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../src/store/store.js";
import { scratchDatabase } from "./services.js";
import { budgetPer1000 } from "./budget-per-1000.js";

/** A migrated database of a test's own with what checks need. */
export interface OpenChecks {
  readonly store: Store;
  /** For CLICKHOUSE_URL. */
  readonly url: string;
  readonly deps: CheckKeysDeps;
  /** Every finding that checks made durable, in order. */
  readonly found: readonly Finding[];
  ask<Row>(query: string): Promise<Row[]>;
  /** What became of each tick after `from`: reason and outcome of its checks, oldest first. */
  runsSince(from: number): Promise<Map<number, string[]>>;
  close(): Promise<void>;
}

/**
 * Checks with a budget of one false page in 200 key-days, settled after 45 seconds, that look back ten minutes at first; on the servers of the test
 * run, or of another CLICKHOUSE_URL.
 */
export async function openChecks(server?: string): Promise<OpenChecks> {
  const database = await scratchDatabase(server);
  const url = new Secret(database.url);
  await migrate(url);
  const store = openStore(url);
  const found: Finding[] = [];
  const listening: Store = {
    ...store,
    check: {
      ...store.check,
      insertFindings: async (findings) => {
        found.push(...findings);
        return store.check.insertFindings(findings);
      },
    },
  };
  const ask = async <Row>(query: string) => (await store.client.query({ query, format: "JSONEachRow" })).json<Row>();
  return {
    store,
    url: database.url,
    deps: {
      store: listening,
      memory: new CheckCache(),
      budget: budgetPer1000(5, 10),
      unregisteredKeys: 20_000,
      settleSeconds: 45,
      firstLookbackMinutes: 10,
      baseUrl: null,
      enqueuePage: async () => {},
      unrecordedSince: async () => null,
      historySince: async () => null,
    },
    found,
    ask,
    async runsSince(from) {
      const rows = await ask<{ tick_s: number; what: string }>(
        `SELECT toUnixTimestamp(tick) AS tick_s, concat(reason, ' ', outcome) AS what FROM check_runs
         WHERE job = 'check-keys' AND tick > toDateTime(${from / 1000}) ORDER BY tick, as_of`,
      );
      const runs = new Map<number, string[]>();
      for (const { tick_s, what } of rows) runs.set(tick_s * 1000, [...(runs.get(tick_s * 1000) ?? []), what]);
      return runs;
    },
    async close() {
      await store.close();
      await database.drop();
    },
  };
}
