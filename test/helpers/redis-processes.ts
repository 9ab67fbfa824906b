import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTied, type TiedChild } from "../../src/local/services/child-process.js";

/** A user of Redis by its access list, and what the sentinels want of whoever asks. */
export const [USER, PASSWORD, SENTINEL_PASSWORD] = [
  "plimsoll",
  "a password of Redis: @/%",
  "another of the sentinels",
] as const;
/** What the sentinels call the master. */
export const MASTER = "plimsoll-redis";
/** After so many milliseconds without an answer the sentinels call the master gone; sooner, and a busy machine is taken for it. */
const GONE_MS = 1500;

/** A Redis that is started again with the same configuration. */
export interface RedisNode {
  readonly port: number;
  readonly config: string;
  child: TiedChild;
}

/** Starts a Redis that follows another, unless it is that one. */
export function startNode(dir: string, port: number, master: number): RedisNode {
  mkdirSync(dir, { recursive: true });
  const config = join(dir, "redis.conf");
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${dir}`,
    "user default off",
    `user ${USER} on ~* &* +@all ${JSON.stringify(`>${PASSWORD}`)}`,
    `masteruser ${USER}`,
    `masterauth ${JSON.stringify(PASSWORD)}`,
    "appendonly yes",
    "appendfsync always",
    'save ""',
    "repl-diskless-sync-delay 0",
    "repl-timeout 5",
    "repl-ping-replica-period 1",
    ...(port === master ? [] : [`replicaof 127.0.0.1 ${master}`]),
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  return { port, config, child: startTied("redis-server", [config]) };
}

/** Starts a sentinel that watches a master. */
export function startSentinel(dir: string, port: number, master: number): TiedChild {
  mkdirSync(dir, { recursive: true });
  const config = join(dir, "sentinel.conf");
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${dir}`,
    `requirepass ${JSON.stringify(SENTINEL_PASSWORD)}`,
    `sentinel sentinel-pass ${JSON.stringify(SENTINEL_PASSWORD)}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${master} 2`,
    `sentinel auth-user ${MASTER} ${USER}`,
    `sentinel auth-pass ${MASTER} ${JSON.stringify(PASSWORD)}`,
    `sentinel down-after-milliseconds ${MASTER} ${GONE_MS}`,
    `sentinel failover-timeout ${MASTER} 10000`,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  return startTied("redis-server", [config, "--sentinel"]);
}
