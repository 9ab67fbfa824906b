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

/** Creates an empty database `plimsoll_test_<random>`; drop it when the test file is done. */
export async function scratchDatabase(): Promise<ScratchDatabase> {
  const { clickhouseUrl } = testServices();
  const name = `plimsoll_test_${randomBytes(6).toString("hex")}`;
  await command(clickhouseUrl, `CREATE DATABASE ${name}`);
  const url = new URL(clickhouseUrl);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => command(clickhouseUrl, `DROP DATABASE IF EXISTS ${name} SYNC`) };
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
