import type { Redis } from "ioredis";
import type { Config } from "./config.js";
import { thresholds } from "./detect/threshold.js";
import type { Log } from "./log.js";
import { openPagerDutyPager } from "./page/pagerduty-pager.js";
import type { CheckKeysDeps } from "./pipeline/check-keys.js";
import type { DeliverDeps } from "./pipeline/deliver-page.js";
import { RECORD_EVENTS, type RecordStore } from "./pipeline/record-events.js";
import { CheckMemory } from "./pipeline/span/memory.js";
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
  readonly enqueuePage: (pageId: string) => Promise<void>;
  /** Closes everything in reverse order. */
  readonly close: () => Promise<void>;
}

/** Puts the pieces together. Connections open by themselves and come back by themselves; nothing is asked yet. */
export function openApp(config: Config, log: Log, jobs: readonly JobDefinition[]): App {
  const store = openStore(config.CLICKHOUSE_URL);
  const redis = openRedis(config.REDIS_URL, log);
  const queues = openQueues(redis, REDIS_PREFIX, jobs);
  const pager =
    config.PAGERDUTY_ROUTING_KEY === undefined
      ? null
      : openPagerDutyPager({ routingKey: config.PAGERDUTY_ROUTING_KEY, eventsHost: config.PAGERDUTY_EVENTS_HOST });
  const enqueuePage = async (pageId: string) => queues.enqueue("deliver-page", pageId, { pageId });
  return {
    config,
    log,
    store,
    redis,
    queues,
    enqueuePage,
    recordStore: {
      insertBlock: async (block, token) => insertRequestBlock(store.client, block, token),
      insertHeartbeat: async (source, minute, token) => insertHeartbeat(store.client, source, minute, token),
    },
    checkDeps: {
      store,
      memory: new CheckMemory(),
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
      // The outbox is swept every minute: a page that cannot be handed over now is only later.
      enqueuePage: async (pageId) =>
        enqueuePage(pageId).catch((error: Error) => log.warn({ problem: error.message }, "a page waits for the sweep")),
    },
    deliverDeps: { store, pager },
    close: async () => {
      pager?.close();
      await queues.close();
      redis.disconnect();
      await store.close();
    },
  };
}
