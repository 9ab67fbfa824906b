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
 * @param url of the database, for a process of its own that works on it; it holds a password
 */
export async function onScratchStore(
  run: (store: Store, pid: number | null, url: Secret) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  const isGiven = (process.env["CLICKHOUSE_URL"] ?? "") !== "";
  const started = isGiven ? null : await startClickHouse({ dataDir: join(directory, "clickhouse") });
  if (started !== null) process.env["CLICKHOUSE_URL"] = started.url;
  process.env["REDIS_URL"] ??= "none";
  try {
    const database = await scratchDatabase();
    const url = new Secret(database.url);
    await migrate(url);
    const store = openStore(url);
    await run(store, started?.pid ?? null, url);
    await store.close();
    await database.drop();
  } finally {
    await started?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
