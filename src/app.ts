import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Config } from "./config.js";
import { statedBudget } from "./detect/alarm-budget.js";
import { containSettings, watchSettings, type LiveSettings } from "./live-settings.js";
import type { Log } from "./log.js";
import { openRoutedPager } from "./page/routed-pager.js";
import type { CheckKeysDeps } from "./pipeline/check/check-keys.js";
import type { AutomaticDeps } from "./pipeline/contain/contain-automatically.js";
import type { DeliverDeps } from "./pipeline/page/deliver-pages.js";
import type { RecoverBlocksDeps } from "./pipeline/ingest/recover-blocks.js";
import { RECORD_QUEUES, type RecordDeps, type RecordJob } from "./pipeline/ingest/record-events.js";
import { CheckCache } from "./pipeline/check/facts/check-cache.js";
import type { LastCheckFailure } from "./pipeline/view/check-state.js";
import type { PullDeps } from "./pipeline/pull/pull-reports.js";
import type { WatchDeps } from "./pipeline/watch/watch-coverage.js";
import { pullersFor } from "./pull/pullers.js";
import type { JobSettings } from "./queue/define-job.js";
import { readLastFailure } from "./queue/read-last-failure.js";
import { openQueues, type Queues } from "./queue/open-queues.js";
import { onShards, queueOfShard, withoutJob } from "./queue/per-shard.js";
import { openDurableBuffer } from "./store/ingest/durable-buffer.js";
import type { IngestBuffer, SealedBlock } from "./store/ingest/ingest-buffer.js";
import { shardOfBlock } from "./store/ingest/shard-of-block.js";
import type { Lane } from "./store/ingest/lane.js";
import { oldestWaitingAt, waitsSince } from "./store/ingest/buffer-depth.js";
import { openRequestWriter } from "./store/ingest/request-writer.js";
import { openRedis, readRedisClock, untilConnected } from "./store/redis/redis.js";
import { openWorkFigures } from "./store/ingest/work-figures.js";
import { openSkewedProcesses } from "./store/watch/skewed-processes.js";
import { openStore, type Store } from "./store/store.js";
import { openClock, type Clock } from "./time/clock.js";
import { reportCalls, reportPages, reportPulls, reportRecording, reportSteps } from "./work-log.js";

/** Everything under one prefix in Redis; the braces keep a queue's keys in one slot of a Redis Cluster. */
export const REDIS_PREFIX = "{plimsoll}";

/** What waits for a provider longer than this goes on in the next run of its job. */
const PULL_PATIENCE_MS = 4 * 60_000;

/** What jobs and commands work with: the pieces of the house, put together once. */
export interface App {
  readonly config: Config;
  /** Settings of `config` that may change while the process runs. */
  readonly live: LiveSettings;
  readonly log: Log;
  readonly store: Store;
  readonly redis: Redis;
  /** The one clock: what `now` is. */
  readonly clock: Clock;
  readonly skewedProcesses: ReturnType<typeof openSkewedProcesses>;
  readonly queues: Queues;
  readonly lastCheckFailure: LastCheckFailure;
  readonly ingestBuffer: IngestBuffer;
  readonly figures: ReturnType<typeof openWorkFigures>;
  readonly recordDeps: RecordDeps;
  readonly recoverBlocksDeps: RecoverBlocksDeps;
  readonly checkDeps: CheckKeysDeps;
  readonly deliverDeps: DeliverDeps;
  readonly containDeps: AutomaticDeps;
  /** Hands a sealed block to the workers. */
  readonly enqueueBlock: (block: SealedBlock) => Promise<void>;
  readonly watchDeps: WatchDeps;
  readonly pullDeps: PullDeps;
  /** Pinged after each completed check; null when there is none. */
  readonly heartbeatUrl: string | null;
  readonly onHeartbeatLost: (problem: string) => void;
  /** Closes everything in reverse order. */
  readonly close: () => Promise<void>;
}

/** Puts the pieces together. Connections open by themselves and come back by themselves; nothing is asked yet. */
export function openApp(
  config: Config,
  log: Log,
  jobs: readonly JobSettings[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): App {
  const live = watchSettings(env, config, {
    onChange: (setting) => log.info({ setting }, "a setting was reloaded from its file"),
    onProblem: (setting, problem) => log.error({ setting, problem }, "a settings file has a problem"),
  });
  const store = openStore(config.CLICKHOUSE_URL);
  const redis = openRedis(config.REDIS_URL, log);
  const clock = openClock([
    { name: "Redis", read: async () => readRedisClock(redis) },
    { name: "ClickHouse", read: async () => store.readClock() },
  ]);
  const skewedProcesses = openSkewedProcesses(redis, REDIS_PREFIX);
  const queues = openQueues(redis, REDIS_PREFIX, onShards(jobs, store.shards.length));
  const pager = openRoutedPager({
    routingKey: () => live.get("PAGERDUTY_ROUTING_KEY"),
    routingKeys: () => live.get("PAGERDUTY_ROUTING_KEYS"),
    eventsHost: config.PAGERDUTY_EVENTS_HOST,
  });
  const { ingestBuffer, closeBuffer } = openDurableBuffer(redis, REDIS_PREFIX, {
    maxRows: config.PLIMSOLL_BATCH_MAX_EVENTS,
    durable: config.PLIMSOLL_DURABLE,
    replicas: config.PLIMSOLL_REPLICAS,
    connect: () => openRedis(config.REDIS_URL, log),
  });
  const figures = openWorkFigures(redis, REDIS_PREFIX);
  const queueOf = (lane: Lane, id: string) => queueOfShard(RECORD_QUEUES[lane], shardOfBlock(id), store.shards.length);
  const enqueueBlock = async ({ lane, id }: SealedBlock) =>
    queues.enqueue(queueOf(lane, id) ?? RECORD_QUEUES[lane], id, { block: id } satisfies RecordJob);
  // One pass takes all that is new, and each is on a schedule as well: what cannot be handed over now is only later.
  const wake = (job: string, otherwise: string) => async () =>
    queues.wake(job).catch(({ message }: Error) => log.warn({ problem: message }, otherwise));
  // By Redis's own clock. Not knowing it must not stop the checks: rows that come after them, such as the backfill lane's, cause a second one.
  const waitingSince = (lane: Lane) => async () => {
    await untilConnected(redis);
    const asked = ingestBuffer.depth().then((depth) => waitsSince(depth, lane, clock.now()));
    return asked.catch(({ message }: Error) => {
      log.warn({ problem: message }, "the ingest backlog could not be read");
      return null;
    });
  };
  const checkDeps: CheckKeysDeps = {
    store,
    memory: new CheckCache(),
    budget: statedBudget(config),
    unregisteredKeys: config.PLIMSOLL_UNREGISTERED_KEYS,
    settleSeconds: config.PLIMSOLL_SETTLE_SECONDS,
    firstLookbackMinutes: config.PLIMSOLL_FIRST_LOOKBACK_MINUTES,
    baseUrl: config.PLIMSOLL_BASE_URL ?? null,
    unrecordedSince: waitingSince("live"),
    historySince: waitingSince("backfill"),
    enqueuePage: wake("deliver-pages", "a page is left to the next delivery pass"),
    enqueueCall: wake("contain-keys", "a guard is left to the next pass over containments"),
    onFound: wake("contain-automatically", "what was found is left to the next look at open incidents"),
    pause: async (ms) => pause(ms),
    isTwoWay: config.PAGERDUTY_WEBHOOK_SECRET.length > 0,
    onStep: reportSteps(log),
  };
  const deliverDeps: DeliverDeps = {
    store,
    pager,
    baseUrl: config.PLIMSOLL_BASE_URL ?? null,
    destinations: () => live.get("PLIMSOLL_DESTINATIONS"),
    onCopied: () => void queues.wake("deliver-copies").catch(() => undefined),
    ...reportPages(log),
  };
  return {
    config,
    live,
    log,
    store,
    redis,
    clock,
    skewedProcesses,
    queues,
    lastCheckFailure: async (since) => readLastFailure(queues.of("check-keys"), since),
    enqueueBlock,
    figures,
    ingestBuffer,
    recordDeps: {
      ingestBuffer,
      writerOf: (shard) => openRequestWriter(store, shard),
      pause: async (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }),
      ...reportRecording(log, figures),
    },
    recoverBlocksDeps: {
      ingestBuffer,
      withoutJob: async (lane, ids) => withoutJob(queues, ids, (id) => queueOf(lane, id)),
      enqueue: enqueueBlock,
      groupMs: config.PLIMSOLL_BATCH_MAX_WAIT_MS,
    },
    checkDeps,
    deliverDeps,
    containDeps: { ...checkDeps, ...containSettings(config, live), onTried: reportCalls(log) },
    watchDeps: {
      advance: checkDeps,
      deliver: deliverDeps,
      pingRedis: async () => redis.ping(),
      unrecordedSince: checkDeps.unrecordedSince,
      unregisteredKeys: config.PLIMSOLL_UNREGISTERED_KEYS,
      clocks: async () => ({ apartMs: clock.apartMs(), skewed: await skewedProcesses.read(clock.now()) }),
      loss: { store, oldestWaitingAt: async () => oldestWaitingAt(await ingestBuffer.depth()) },
    },
    pullDeps: {
      store,
      pullers: pullersFor(config),
      credentialOf: ({ setting }) => live.get(setting),
      hourDays: config.PLIMSOLL_HOUR_DAYS,
      patienceMs: PULL_PATIENCE_MS,
      pause: async (ms, signal) => pause(ms, undefined, { signal }),
      ...reportPulls(log),
    },
    heartbeatUrl: config.PLIMSOLL_HEARTBEAT_URL ?? null,
    onHeartbeatLost: (problem) => log.warn({ problem }, "the heartbeat could not be sent"),
    close: async () => {
      live.close();
      pager?.close();
      await queues.close();
      closeBuffer();
      redis.disconnect();
      await store.close();
    },
  };
}
