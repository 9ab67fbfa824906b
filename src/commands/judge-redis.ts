import type { Config } from "../config.js";
import type { RedisPersistence } from "../store/redis/redis-persistence.js";
import { fail, ok, warn, type Diagnosis } from "./diagnosis.js";

/** A full Redis refuses consumers too, and cannot be emptied any more. */
const MEMORY_WARN = 0.7;

/** What PLIMSOLL_DURABLE and PLIMSOLL_REPLICAS ask. */
export interface WantedDurability {
  readonly durable: Config["PLIMSOLL_DURABLE"];
  readonly wanted: number;
}

/** That of a configuration. */
export const durabilityOf = (config: Config): WantedDurability => ({
  durable: config.PLIMSOLL_DURABLE,
  wanted: config.PLIMSOLL_REPLICAS,
});

/** What Redis' INFO says of a server that has to keep a queue, and how it keeps what it is sent. */
export function judgeRedisSettings(
  info: Readonly<Record<string, string>>,
  persistence: RedisPersistence,
  wish: WantedDurability,
): readonly Diagnosis[] {
  const policy = info["maxmemory_policy"];
  const limit = Number(info["maxmemory"] ?? 0);
  const used = Number(info["used_memory"] ?? 0);
  const eviction =
    policy === undefined
      ? warn("Redis eviction", "its maxmemory-policy could not be read", "make sure that it is noeviction")
      : policy === "noeviction"
        ? ok("Redis eviction", "maxmemory-policy noeviction")
        : fail(
            "Redis eviction",
            `maxmemory-policy ${policy}: it may drop queued events`,
            "run `redis-cli CONFIG SET maxmemory-policy noeviction`, and put `maxmemory-policy noeviction` into redis.conf",
          );
  return [
    eviction,
    judgePersistence(persistence, wish.durable),
    ...judgeReplicas(persistence, wish),
    judgeRedisMemory(used, limit),
  ];
}

/** Whether what is accepted is on disk by then, as PLIMSOLL_DURABLE asks. */
export function judgePersistence(
  { isAppending, appendfsync }: RedisPersistence,
  durable: Config["PLIMSOLL_DURABLE"],
): Diagnosis {
  const check = "Redis persistence";
  if (!isAppending) {
    return warn(
      check,
      "append-only file off: a restart of Redis loses accepted events",
      "run `redis-cli CONFIG SET appendonly yes`, and put `appendonly yes` into redis.conf",
    );
  }
  if (appendfsync === "always") return ok(check, "append-only file on, written to disk before each answer");
  if (durable === "memory")
    return ok(check, "append-only file on; PLIMSOLL_DURABLE=memory: a power cut may lose the last two seconds");
  return warn(
    check,
    `append-only file on, appendfsync ${appendfsync ?? "unknown"}: a power cut may lose accepted events of the last two seconds, where PLIMSOLL_DURABLE=${durable} promises none`,
    "run `redis-cli CONFIG SET appendfsync always`, and put `appendfsync always` into redis.conf; or set PLIMSOLL_DURABLE=memory to accept it",
  );
}

/** Whether there are as many replicas as are to have what is accepted. */
export function judgeReplicas(
  { replicas }: RedisPersistence,
  { durable, wanted }: WantedDurability,
): readonly Diagnosis[] {
  if (durable !== "replica") return [];
  const check = "Redis replicas";
  if (replicas >= wanted)
    return [ok(check, `${replicas} connected; an event is answered once ${wanted} of them have it`)];
  return [
    fail(
      check,
      `${replicas} connected, and PLIMSOLL_DURABLE=replica waits for ${wanted}: no event is accepted`,
      "connect replicas (`replicaof` in their redis.conf), lower PLIMSOLL_REPLICAS, or set PLIMSOLL_DURABLE=disk",
    ),
  ];
}

function judgeRedisMemory(used: number, limit: number): Diagnosis {
  const percent = Math.round((100 * used) / limit);
  if (limit === 0) {
    return warn(
      "Redis memory",
      "no maxmemory: ingest cannot tell when it is full, and no token's share of it is bounded",
      "run `redis-cli CONFIG SET maxmemory 2gb`, or as much as it may use, and put `maxmemory 2gb` into redis.conf",
    );
  }
  return used > MEMORY_WARN * limit
    ? warn("Redis memory", `${percent}% of maxmemory in use`, "raise maxmemory, or start more `plimsoll work`")
    : ok("Redis memory", `${percent}% of maxmemory in use`);
}
