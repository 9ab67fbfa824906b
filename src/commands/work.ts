import { Command } from "commander";
import { openApp, REDIS_PREFIX, type App } from "../app.js";
import { readConfig } from "../config.js";
import { openLog } from "../log.js";
import type { JobDefinition } from "../queue/define-job.js";
import { startWorkers } from "../queue/start-workers.js";
import { syncSchedules } from "../queue/sync-schedules.js";
import { openWorkerRedis } from "../store/redis.js";
import { untilStopped } from "./until-stopped.js";

/** Jobs under way get this long to end; what is cut off is run again by another worker. */
const GRACE_MS = 20_000;
const SYNC_AGAIN_MS = 5000;

/** `plimsoll work`: BullMQ workers and their schedules. Any number may run; they share the work. */
export function workCommand(jobs: readonly JobDefinition[]): Command {
  return new Command("work")
    .summary("run the jobs: record events, learn, check, page")
    .description(
      `Runs the jobs on their schedules (UTC): ${jobs.map((job) => job.name).join(", ")}.\n` +
        "Any number may run; they share the work. Stops cleanly on SIGTERM.",
    )
    .action(async () => {
      const config = readConfig(process.env);
      const app = openApp(config, openLog(config.PLIMSOLL_LOG_LEVEL), jobs);
      const work = startWork(app, jobs);
      app.log.info({ jobs: jobs.map((job) => job.name) }, "working");
      await untilStopped();
      await work.close();
      await app.close();
    });
}

/** Starts workers on an app and writes the schedules as soon as Redis is there; close it before the app. */
export function startWork(app: App, jobs: readonly JobDefinition[]): { readonly close: () => Promise<void> } {
  const connection = openWorkerRedis(app.config.REDIS_URL, app.log);
  const workers = startWorkers(app, connection, REDIS_PREFIX, jobs);
  let timer: NodeJS.Timeout | undefined;
  const sync = (): void => {
    syncSchedules(app.redis, REDIS_PREFIX, app.queues, jobs).catch((error: Error) => {
      app.log.warn({ problem: error.message }, "the schedules could not be written yet");
      timer = setTimeout(sync, SYNC_AGAIN_MS);
    });
  };
  // Again after each reconnection: a Redis that lost its data has lost its schedules.
  app.redis.on("ready", sync);
  if (app.redis.status === "ready") sync();
  return {
    close: async () => {
      clearTimeout(timer);
      await workers.close(GRACE_MS);
      connection.disconnect();
    },
  };
}
