import { randomBytes } from "node:crypto";
import { createClient } from "@clickhouse/client";

/** Where the real services of this test run are. */
export interface TestServices {
  readonly clickhouseUrl: string;
  readonly redisUrl: string;
}

/** A database of a test file's own. */
export interface ScratchDatabase {
  readonly name: string;
  /** For CLICKHOUSE_URL. */
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * The services that test/run.ts started, or that the environment names.
 * @throws Error saying how to run tests when there are none.
 */
export function testServices(): TestServices {
  return { clickhouseUrl: required("CLICKHOUSE_URL"), redisUrl: required("REDIS_URL") };
}

/** Creates an empty database `plimsoll_test_<random>`, on the servers of the test run or of another URL; drop it when the test file is done. */
export async function scratchDatabase(clickhouseUrl = testServices().clickhouseUrl): Promise<ScratchDatabase> {
  const name = `plimsoll_test_${randomBytes(6).toString("hex")}`;
  const servers = clickhouseUrl.split(";");
  await command(servers[0]!, `CREATE DATABASE ${name}`);
  const urls = servers.map((server) => {
    const url = new URL(server);
    url.pathname = `/${name}`;
    return url.href;
  });
  const drop = async () => {
    for (const server of servers)
      for (const database of [name, `${name}_shard`]) await command(server, `DROP DATABASE IF EXISTS ${database} SYNC`);
  };
  return { name, url: urls.join(";"), drop };
}

/** A prefix for Redis keys that no other test file uses. */
export function scratchPrefix(): string {
  return `plimsoll-test-${randomBytes(6).toString("hex")}`;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(
      `${name} is not set: run tests with node dist/test/run.js <group> [--only <part of a file's name>]`,
    );
  }
  return value;
}

async function command(clickhouseUrl: string, query: string): Promise<void> {
  const server = new URL(clickhouseUrl);
  server.pathname = "/"; // the database of the URL need not exist
  const client = createClient({ url: server, log: { level: 127 } });
  try {
    await client.command({ query });
  } finally {
    await client.close();
  }
}
