import type { Redis } from "ioredis";
import type { Config } from "./config.js";
import { thresholds } from "./detect/threshold.js";
import type { Log } from "./log.js";
import { openRoutedPager } from "./page/routed-pager.js";
import type { CheckKeysDeps } from "./pipeline/check-keys.js";
import type { DeliverDeps } from "./pipeline/deliver-pages.js";
import { RECORD_EVENTS, type RecordStore } from "./pipeline/record-events.js";
import { rememberNewest } from "./pipeline/remember-newest.js";
import type { WatchDeps } from "./pipeline/watch-coverage.js";
import type { JobDefinition } from "./queue/define-job.js";
import { oldestJobAt } from "./queue/oldest-job.js";
import { openQueues, type Queues } from "./queue/open-queues.js";
import { insertHeartbeat, insertRequestBlock } from "./store/insert-requests.js";
import { openRedis, untilConnected } from "./store/redis.js";
import { openStore, type Store } from "./store/store.js";

/** Everything under one prefix in Redis; the braces keep a queue's keys in one slot of a Redis Cluster. */
export const REDIS_PREFIX = "{plimsoll}";

/** What jobs and commands work with: the pieces of the house, put together once. */
export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly store: Store;
  readonly redis: Redis;
  readonly queues: Queues;
  readonly recordStore: RecordStore;
  readonly checkDeps: CheckKeysDeps;
  readonly deliverDeps: DeliverDeps;
  readonly watchDeps: WatchDeps;
  /** Pinged after each completed check; null when there is none. */
  readonly heartbeatUrl: string | null;
  readonly onHeartbeatLost: (problem: string) => void;
  /** Closes everything in reverse order. */
  readonly close: () => Promise<void>;
}

/** Puts the pieces together. Connections open by themselves and come back by themselves; nothing is asked yet. */
export function openApp(config: Config, log: Log, jobs: readonly JobDefinition[]): App {
  const store = openStore(config.CLICKHOUSE_URL);
  const redis = openRedis(config.REDIS_URL, log);
  const queues = openQueues(redis, REDIS_PREFIX, jobs);
  const pager = openRoutedPager({
    routingKey: config.PAGERDUTY_ROUTING_KEY,
    routingKeys: config.PAGERDUTY_ROUTING_KEYS,
    eventsHost: config.PAGERDUTY_EVENTS_HOST,
  });
  // However many pages are new, one pass takes them all.
  const wakeDelivery = async () => queues.enqueue("deliver-pages", "wake", {});
  const checkDeps: CheckKeysDeps = {
    store,
    readSnapshots: rememberNewest(store.readBaselines),
    readGroupSnapshots: rememberNewest(store.readGroupBaselines),
    limits: thresholds(config.PLIMSOLL_PAGE_BUDGET, config.PLIMSOLL_NOTICE_BUDGET),
    settleSeconds: config.PLIMSOLL_SETTLE_SECONDS,
    firstLookbackMinutes: config.PLIMSOLL_FIRST_LOOKBACK_MINUTES,
    baseUrl: config.PLIMSOLL_BASE_URL ?? null,
    // Not knowing the backlog must not stop the checks: rows that come after them cause a second one.
    unrecordedSince: async () => {
      await untilConnected(redis);
      return oldestJobAt(redis, queues.of(RECORD_EVENTS)).catch((error: Error) => {
        log.warn({ problem: error.message }, "the backlog of ingest is not known");
        return null;
      });
    },
    // The outbox is looked at every five seconds: a page that cannot be handed over now is only later.
    enqueuePage: async () =>
      wakeDelivery().catch((error: Error) => log.warn({ problem: error.message }, "a page waits for the next pass")),
    isTwoWay: config.PAGERDUTY_WEBHOOK_SECRET !== undefined,
  };
  const deliverDeps: DeliverDeps = { store, pager, baseUrl: config.PLIMSOLL_BASE_URL ?? null };
  return {
    config,
    log,
    store,
    redis,
    queues,
    recordStore: {
      insertBlock: async (block, token) => insertRequestBlock(store.client, block, token),
      insertHeartbeat: async (source, minute, token) => insertHeartbeat(store.client, source, minute, token),
    },
    checkDeps,
    deliverDeps,
    watchDeps: {
      advance: checkDeps,
      deliver: deliverDeps,
      pingRedis: async () => redis.ping(),
      unrecordedSince: checkDeps.unrecordedSince,
    },
    heartbeatUrl: config.PLIMSOLL_HEARTBEAT_URL ?? null,
    onHeartbeatLost: (problem) => log.warn({ problem }, "the heartbeat was not taken"),
    close: async () => {
      pager?.close();
      await queues.close();
      redis.disconnect();
      await store.close();
    },
  };
}
