import { Command } from "commander";
import { openApp, REDIS_PREFIX, type App } from "../app.js";
import { readConfig } from "../config.js";
import { openLog } from "../log.js";
import { withinDeadline } from "../flow/deadline.js";
import { DependencyFailure } from "../store/problem/dependency-problem.js";
import type { JobDefinition } from "../queue/define-job.js";
import { onShards } from "../queue/per-shard.js";
import { startWorkers, type Workers } from "../queue/start-workers.js";
import { removeStraySchedules, syncSchedules } from "../queue/sync-schedules.js";
import { openWorkerRedis } from "../store/redis/redis.js";
import { checkStart } from "./start-problems.js";
import { openBlockSplit } from "../store/ingest/block-split.js";
import { checkPlace } from "../store/clickhouse/shard-places.js";
import { RECORD_QUEUES } from "../pipeline/ingest/record-events.js";
import { untilStopped } from "./until-stopped.js";
import { watchClock } from "./watch-clock.js";

/** Jobs under way get this long to end; what is cut off is run again by another worker. */
const GRACE_MS = 20_000;
/** Clocks are compared, and schedules brought in step. */
const EVERY_MS = 60_000;
/** How long is waited for an answer to whether a server was added. */
const ASK_MS = 2000;

/** `plimsoll work`: BullMQ workers and their schedules. Any number may run; they share the work. */
export function workCommand(jobs: readonly JobDefinition<App>[]): Command {
  return new Command("work")
    .summary("run the jobs: record events, learn, check, page")
    .description(
      `Runs the jobs on their schedules (UTC): ${jobs.map((job) => job.name).join(", ")}.\n` +
        "Any number may run; they share the work. Runs no job while its machine's clock is more than 30 s\n" +
        "from that of Redis and ClickHouse. Stops cleanly on SIGTERM.",
    )
    .action(async () => {
      const config = readConfig(process.env);
      const log = openLog(config.PLIMSOLL_LOG_LEVEL);
      await checkStart(config, log, "work");
      const app = openApp(config, log, jobs);
      const work = startWork(app, jobs);
      await untilStopped();
      await work.close();
      await app.close();
    });
}

/** Each run of a job first asks whether a server was added since: what was judged without it would lack rows. Blocks are asked for one by one. */
function inItsPlace(job: JobDefinition<App>): JobDefinition<App> {
  if (Object.values(RECORD_QUEUES).includes(job.name)) return job;
  return {
    ...job,
    run: async (app, data, run) => {
      await refuseOtherPlace(app);
      return job.run(app, data, run);
    },
  };
}

/** What cannot be asked now is no other place: some jobs are there to say that ClickHouse is away. */
async function refuseOtherPlace({ store }: App): Promise<void> {
  await withinDeadline(ASK_MS, async () => checkPlace(store.client, store.shards, 0)).catch((error: unknown) => {
    if (error instanceof DependencyFailure) throw error;
  });
}

/** What is running of `work`. */
export interface RunningWork {
  readonly close: () => Promise<void>;
}

/**
 * Works on an app while the clock of this machine is right, and keeps the schedules in step every so often; close it before the app.
 * BullMQ computes the next run of a schedule by the machine's clock: a wrong one would move every schedule.
 */
export function startWork(app: App, jobs: readonly JobDefinition<App>[], { everyMs = EVERY_MS } = {}): RunningWork {
  const connection = openWorkerRedis(app.config.REDIS_URL, app.log);
  const onQueues = onShards(jobs.map(inItsPlace), app.store.shards.length);
  let workers: Workers | null = null;
  let closing: Promise<void> = Promise.resolve();
  let lookForStrays = true;
  const stop = (): void => {
    if (workers === null) return;
    const stopped = workers;
    workers = null;
    closing = closing.then(async () => stopped.close(GRACE_MS));
  };
  const sync = async (): Promise<void> => {
    if (lookForStrays) await removeStraySchedules(app.redis, REDIS_PREFIX, onQueues);
    lookForStrays = false;
    const { written } = await syncSchedules(app.redis, app.queues, onQueues, app.clock.now());
    if (written.length > 0) app.log.info({ written }, "schedules were updated");
    await checkPlace(app.store.client, app.store.shards, 0);
    await openBlockSplit(app.redis, REDIS_PREFIX).note(app.store.shards.length);
  };
  const watch = watchClock(app, {
    part: "work",
    everyMs,
    onLook: async (skewed) => {
      if (skewed === true) return stop();
      if (skewed === null) return;
      if (workers === null) {
        workers = startWorkers(app, connection, REDIS_PREFIX, onQueues);
        app.log.info({ jobs: jobs.map((job) => job.name) }, "working");
      }
      await sync().catch((error: Error) =>
        app.log.warn({ problem: error.message }, "the schedules could not be updated yet"),
      );
    },
  });
  // A Redis that lost its data has lost its schedules, too.
  const onReady = (): void => {
    lookForStrays = true;
    watch.lookNow();
  };
  app.redis.on("ready", onReady);
  return {
    close: async () => {
      app.redis.off("ready", onReady);
      await watch.close();
      stop();
      await closing;
      connection.disconnect();
    },
  };
}
