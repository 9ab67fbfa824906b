import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ownFile } from "../../own-files.js";
import { startTied, untilReady } from "./child-process.js";
import { freePort } from "./free-port.js";
import { storedPassword } from "./stored-password.js";

/** What `startClickHouse` gives back: a real server on 127.0.0.1 that dies with this process. */
export interface LocalClickHouse {
  /** For CLICKHOUSE_URL, with user and password; the database `plimsoll` is made by the migrations. Print it nowhere. */
  readonly url: string;
  /** The same server and database for the account that may only read. */
  readonly analystUrl: string;
  readonly httpPort: number;
  readonly tcpPort: number;
  readonly pid: number;
  /** Settles when the server has ended, with how it did. */
  readonly ended: Promise<string>;
  /** Ends the server and waits until it is gone. The engine is crash-safe, so there is one way to end it: kill -9. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Where the data is kept and, for a fixed address, the ports. */
export interface LocalClickHouseOptions {
  readonly dataDir: string;
  readonly httpPort?: number;
  readonly tcpPort?: number;
  /** Where the server is one of several shards: what `plimsoll migrate --print-cluster` prints, and by what password they ask each other. */
  readonly cluster?: { readonly config: string; readonly password: string };
}

const startWithinMs = 90_000; // on a busy machine
// A free port can be taken between our look and ClickHouse's; that happens when tests run side by side.
const attempts = 3;
const childScript = fileURLToPath(ownFile("dist/src/local/services/embedded-clickhouse-child.js"));
const accessFile = (name: string) => fileURLToPath(ownFile(`sql/access/${name}.xml`));

/**
 * Starts ClickHouse from the npm package chdb, with its data in `dataDir`, which survives kill -9.
 * @throws Error saying what to install, that another server holds `dataDir`, or what ClickHouse said.
 */
export async function startClickHouse(options: LocalClickHouseOptions): Promise<LocalClickHouse> {
  const library = await findLibrary();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options, library);
    } catch (error) {
      const portTaken = String(error).includes("Address already in use");
      const fixedPort = options.httpPort !== undefined || options.tcpPort !== undefined;
      if (!portTaken || fixedPort || attempt === attempts) throw error;
    }
  }
}

async function startOnce(options: LocalClickHouseOptions, library: string): Promise<LocalClickHouse> {
  const dataDir = resolve(options.dataDir);
  const httpPort = options.httpPort ?? (await freePort());
  const tcpPort = options.tcpPort ?? (await freePort());
  const password = storedPassword(join(dataDir, "clickhouse.password"));
  const analystPassword = storedPassword(join(dataDir, "clickhouse-analyst.password"));
  const config = writeConfig(dataDir, options.cluster?.config);
  const child = startTied(
    process.execPath,
    [childScript, library, config, join(dataDir, "data"), String(httpPort), String(tcpPort)],
    {
      CLICKHOUSE_PLIMSOLL_PASSWORD: password,
      CLICKHOUSE_ANALYST_PASSWORD: analystPassword,
      CLICKHOUSE_NETWORKS_PASSWORD: randomBytes(24).toString("hex"),
      ...(options.cluster === undefined ? {} : { CLICKHOUSE_SHARDS_PASSWORD: options.cluster.password }),
    },
  );
  const urlOf = (user: string, secret: string) => `http://${user}:${secret}@127.0.0.1:${httpPort}/plimsoll`;
  // Asked with the password, so that another ClickHouse on that port is not taken for ours.
  const authorization = `Basic ${Buffer.from(`plimsoll:${password}`).toString("base64")}`;
  const answers = async () => {
    const response = await fetch(`http://127.0.0.1:${httpPort}/?query=SELECT+1`, {
      headers: { authorization },
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok && (await response.text()) === "1\n";
  };
  try {
    await untilReady("ClickHouse", child, answers, startWithinMs);
  } catch (error) {
    if (!String(error).includes("Cannot lock file")) throw error;
    throw new Error(`${dataDir} is in use by another ClickHouse process: stop that one, or choose another directory`, {
      cause: error,
    });
  }
  const stop = () => child.kill();
  return {
    url: urlOf("plimsoll", password),
    analystUrl: urlOf("analyst", analystPassword),
    httpPort,
    tcpPort,
    pid: child.pid,
    ended: child.ended,
    stop,
    kill: stop,
  };
}

async function findLibrary(): Promise<string> {
  const missing = "local ClickHouse needs the npm packages chdb and ffi-rs, which are optional dependencies";
  const advice =
    "run `npm ci --include=optional` on Linux with glibc or macOS (x64 or arm64), or set CLICKHOUSE_URL to a server";
  try {
    const { libchdbPath } = await import("chdb/libchdb");
    await import("ffi-rs");
    return libchdbPath();
  } catch (error) {
    throw new Error(`${missing}: ${advice}`, { cause: error });
  }
}

/** Lays out users.d and config.d as a packaged server has them, so that the files of sql/access mean the same in both. */
function writeConfig(dataDir: string, cluster: string | undefined): string {
  const configDir = join(dataDir, "config");
  const data = join(dataDir, "data");
  mkdirSync(join(configDir, "users.d"), { recursive: true, mode: 0o700 });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  mkdirSync(join(configDir, "config.d"), { recursive: true, mode: 0o700 });
  copyFileSync(accessFile("users"), join(configDir, "users.d", "plimsoll.xml"));
  copyFileSync(accessFile("named-collections"), join(configDir, "config.d", "plimsoll.xml"));
  const clusterFile = join(configDir, "config.d", "cluster.xml");
  const accountFile = join(configDir, "users.d", "plimsoll-shards.xml");
  if (cluster === undefined) for (const file of [clusterFile, accountFile]) rmSync(file, { force: true });
  else {
    writeFileSync(clusterFile, cluster);
    copyFileSync(accessFile("shards"), accountFile);
  }
  writeFileSync(join(configDir, "users.xml"), consoleAccount);
  const config = join(configDir, "config.xml");
  writeFileSync(config, serverSettings(configDir, data));
  return config;
}

// The engine runs its own command line as `default` without a password. One session is all it may have, and it has it before the ports
// open: nobody else can log in as `default`.
const consoleAccount = `<clickhouse>
  <profiles><default/><console><max_sessions_for_user>1</max_sessions_for_user></console></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <no_password/>
      <profile>console</profile>
      <networks><ip>127.0.0.1</ip></networks>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
    </default>
  </users>
</clickhouse>
`;

/** A third of the machine's memory at most, small caches and few merge threads: ClickHouse is a guest on a laptop. */
function serverSettings(configDir: string, data: string): string {
  const memory = Math.max(1_500_000_000, Math.floor(totalmem() / 3));
  return `<clickhouse>
  <users_config>${escapeXml(join(configDir, "users.xml"))}</users_config>
  <user_files_path>${escapeXml(join(data, "user_files"))}/</user_files_path>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <mark_cache_size>134217728</mark_cache_size>
  <primary_index_cache_size>134217728</primary_index_cache_size>
  <index_mark_cache_size>67108864</index_mark_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <max_thread_pool_size>1000</max_thread_pool_size>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
