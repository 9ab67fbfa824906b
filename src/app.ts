import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Config } from "./config.js";
import { thresholds } from "./detect/threshold.js";
import type { Log } from "./log.js";
import { openPagerDutyPager } from "./page/pagerduty-pager.js";
import type { CheckKeysDeps } from "./pipeline/check-keys.js";
import type { DeliverDeps } from "./pipeline/deliver-page.js";
import type { QueueBlocksDeps } from "./pipeline/queue-blocks.js";
import { RECORD_EVENTS, type RecordDeps, type RecordJob } from "./pipeline/record-events.js";
import { rememberNewest } from "./pipeline/remember-newest.js";
import type { JobDefinition } from "./queue/define-job.js";
import { openQueues, type Queues } from "./queue/open-queues.js";
import { openIntake, type Intake } from "./store/intake.js";
import { openRequestWriter } from "./store/request-writer.js";
import { openRedis, untilConnected } from "./store/redis.js";
import { openWorkFigures } from "./store/work-figures.js";
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
  readonly intake: Intake;
  readonly figures: ReturnType<typeof openWorkFigures>;
  readonly recordDeps: RecordDeps;
  readonly queueBlocksDeps: QueueBlocksDeps;
  readonly checkDeps: CheckKeysDeps;
  readonly deliverDeps: DeliverDeps;
  /** Hands a sealed block to the workers. */
  readonly enqueueBlock: (id: string) => Promise<void>;
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
  const intake = openIntake(redis, REDIS_PREFIX, { maxRows: config.PLIMSOLL_GROUP_EVENTS });
  const figures = openWorkFigures(redis, REDIS_PREFIX);
  const enqueueBlock = async (id: string) => queues.enqueue(RECORD_EVENTS, id, { block: id } satisfies RecordJob);
  const enqueuePage = async (pageId: string) => queues.enqueue("deliver-page", pageId, { pageId });
  return {
    config,
    log,
    store,
    redis,
    queues,
    enqueuePage,
    enqueueBlock,
    figures,
    intake,
    recordDeps: {
      intake,
      writer: openRequestWriter(store.client),
      pause: async (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }),
      ...reportRecording(log, figures),
    },
    queueBlocksDeps: {
      intake,
      withoutJob: async (ids) => queues.withoutJob(RECORD_EVENTS, ids),
      enqueue: enqueueBlock,
      groupMs: config.PLIMSOLL_GROUP_MS,
    },
    checkDeps: {
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
        const asked = intake.depth().then(({ oldestAt }) => oldestAt);
        return asked.catch((error: Error) => {
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

/** The same verdict about ClickHouse is not logged again within this time: two workers try it every few seconds. */
const SAME_VERDICT_MS = 30_000;

function reportRecording(
  log: Log,
  figures: App["figures"],
): Pick<RecordDeps, "onProblem" | "onSalvaged" | "onRecorded"> {
  const reportedAt = new Map<string, number>();
  return {
    onProblem: ({ verdict, code, found }, tries) => {
      const since = Date.now() - (reportedAt.get(verdict) ?? 0);
      if (since < SAME_VERDICT_MS) return;
      reportedAt.set(verdict, Date.now());
      const level = verdict === "away" || verdict === "overloaded" ? "warn" : "error";
      log[level]({ verdict, code, problem: found, tries }, "a block waits for ClickHouse");
    },
    onSalvaged: (block, salvaged) => {
      log.error({ block, ...salvaged }, "rows of a block are in quarantine: see quarantined_events");
      figures.addQuarantined(salvaged.badRows).catch(() => undefined);
    },
    onRecorded: (recorded) => {
      log.debug(recorded, "a block is recorded");
      figures.addBlock(recorded).catch(() => undefined);
    },
  };
}
