import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { Redis } from "ioredis";
import { startTied, untilReady } from "./child-process.js";
import { freePort, isPortTaken } from "./free-port.js";
import { requiredProgram, type RequiredProgram } from "./required-program.js";
import { storedPassword } from "./stored-password.js";

/** What `startRedis` gives back: a real Redis or Valkey on 127.0.0.1 that dies with this process. */
export interface LocalRedis {
  /** For REDIS_URL, with the password. Print it nowhere. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server has ended, with how it did. */
  readonly ended: Promise<string>;
  /** Asks Redis to write everything to disk and end, and waits until it is gone. */
  stop(): Promise<void>;
  /** kill -9; waits until it is gone. */
  kill(): Promise<void>;
}

/** Where the data is kept and, for a fixed address, the port. */
export interface LocalRedisOptions {
  readonly dataDir: string;
  readonly port?: number;
  /** Whether a command is answered once it is on disk, which is usual, or once it is in memory, up to two seconds before it is on disk. */
  readonly durable?: "disk" | "memory";
}

const REDIS: RequiredProgram = {
  names: ["redis-server", "valkey-server"],
  debianPackage: "redis-server",
  service: "redis-server",
  advice:
    "install Redis 6.2 or later (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL to a server",
};
const startWithinMs = 60_000; // a long append-only file takes its time to load
const attempts = 3;
const MIB = 2 ** 20;

/** What it may use: a quarter of the machine's memory, between 256 MB and 2 GB. Ingest refuses before it is full, and the machine never is. */
const maxMemoryBytes = Math.min(2048 * MIB, Math.max(256 * MIB, Math.floor(totalmem() / 4)));

/**
 * Starts Redis with its data in `dataDir`, appended to disk: it survives kill -9, and with `durable` disk a power cut.
 * @throws Error saying what to install, that another server holds `dataDir`, or what Redis said.
 */
export async function startRedis(options: LocalRedisOptions): Promise<LocalRedis> {
  const program = requiredProgram(REDIS);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options, program);
    } catch (error) {
      const portTaken = String(error).includes("Address already in use");
      if (!portTaken || options.port !== undefined || attempt === attempts) throw error;
    }
  }
}

async function startOnce(options: LocalRedisOptions, program: string): Promise<LocalRedis> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await refuseSecondServer(dataDir);
  const port = options.port ?? (await freePort());
  const password = storedPassword(join(dataDir, "redis.password"));
  const config = join(dataDir, "redis.conf");
  writeFileSync(config, settings(options, port, password), { mode: 0o600 });
  const child = startTied(program, [config]);
  writeFileSync(holderFile(dataDir), JSON.stringify({ pid: child.pid, port }), { mode: 0o600 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  await untilReady("Redis", child, () => answers(url), startWithinMs);
  const stop = async () => {
    // SIGTERM makes Redis write out its buffers before it ends; what then still runs hangs.
    process.kill(child.pid, "SIGTERM");
    const hung = setTimeout(() => void child.kill(), 10_000);
    await child.ended;
    clearTimeout(hung);
  };
  return { url, port, pid: child.pid, ended: child.ended, stop, kill: () => child.kill() };
}

function settings({ dataDir, durable }: LocalRedisOptions, port: number, password: string): string {
  return [
    "bind 127.0.0.1",
    `port ${port}`,
    "protected-mode yes",
    `requirepass ${password}`,
    `dir ${JSON.stringify(resolve(dataDir))}`,
    "appendonly yes",
    `appendfsync ${durable === "memory" ? "everysec" : "always"}`,
    'save ""',
    `maxmemory ${maxMemoryBytes}`,
    "maxmemory-policy noeviction",
    "daemonize no",
    "loglevel warning",
    'logfile ""',
    "",
  ].join("\n");
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } finally {
    redis.disconnect();
  }
}

function holderFile(dataDir: string): string {
  return join(dataDir, "redis.holder.json");
}

/** Redis itself takes no lock, and two of them would spoil one append-only file. */
async function refuseSecondServer(dataDir: string): Promise<void> {
  if (!existsSync(holderFile(dataDir))) return;
  const { pid, port } = JSON.parse(readFileSync(holderFile(dataDir), "utf8")) as { pid: number; port: number };
  if (isAlive(pid) && (await isPortTaken(port))) {
    throw new Error(
      `${dataDir} is in use by another Redis process (${pid}): stop that one, or choose another directory`,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
