import { randomBytes } from "node:crypto";
import { Secret } from "../../secret.js";
import { homeUrl } from "../../clickhouse-urls.js";
import { openClickHouse } from "./clickhouse-client.js";
import { withinDeadline } from "../../flow/deadline.js";
import { isFill, readMigrations } from "./sql-files.js";

/** How long the server's first answer is waited for. */
const HELLO_MS = 5_000;

/** A database of a command's own. */
export interface ScratchDatabase {
  readonly name: string;
  /** The server's URL with this database; a secret, since it holds the password. */
  readonly url: Secret;
  readonly drop: () => Promise<void>;
}

/**
 * Creates `plimsoll_backtest_<random>` beside the database that the URL names (of several the first), with every table of the migrations but without the
 * views that fill them: a whole history is summed up at once.
 */
export async function createScratchDatabase(server: Secret): Promise<ScratchDatabase> {
  const name = `plimsoll_backtest_${randomBytes(6).toString("hex")}`;
  const target = new URL(homeUrl(server).reveal());
  target.pathname = `/${name}`;
  const url = new Secret(target.href);
  await greet(server);
  const drop = () => commandServer(server, `DROP DATABASE IF EXISTS ${name} SYNC`);
  await commandServer(server, `CREATE DATABASE ${name}`);
  const client = openClickHouse(url);
  try {
    for (const migration of readMigrations()) {
      if (!isFill(migration)) await client.command({ query: migration.statement });
    }
  } catch (error) {
    await drop();
    throw error;
  } finally {
    await client.close();
  }
  return { name, url, drop };
}

/** Fails early: a server that is away would keep the first statement waiting for minutes. */
async function greet(server: Secret): Promise<void> {
  const client = openClickHouse(server, "server");
  try {
    await withinDeadline(HELLO_MS, (signal) => client.command({ query: "SELECT 1 FORMAT Null", abort_signal: signal }));
  } finally {
    await client.close();
  }
}

async function commandServer(server: Secret, query: string): Promise<void> {
  const client = openClickHouse(server, "server");
  try {
    await client.command({ query });
  } finally {
    await client.close();
  }
}
