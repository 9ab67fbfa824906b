import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../src/store/store.js";
import { scratchDatabase } from "../helpers/services.js";

/**
 * Runs a bench on an empty database with all tables, of the server that CLICKHOUSE_URL names or of one that is started for it.
 * @param pid of the server that was started; null where it is another's
 */
export async function onScratchStore(run: (store: Store, pid: number | null) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  const isGiven = (process.env["CLICKHOUSE_URL"] ?? "") !== "";
  const started = isGiven ? null : await startClickHouse({ dataDir: join(directory, "clickhouse") });
  if (started !== null) process.env["CLICKHOUSE_URL"] = started.url;
  process.env["REDIS_URL"] ??= "none";
  try {
    const database = await scratchDatabase();
    await migrate(new Secret(database.url));
    const store = openStore(new Secret(database.url));
    await run(store, started?.pid ?? null);
    await store.close();
    await database.drop();
  } finally {
    await started?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
