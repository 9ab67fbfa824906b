import { getNextMillis, Worker, type Job } from "bullmq";
import type { Redis } from "ioredis";
import { onBehalfOf } from "../flow/caller.js";
import type { Log } from "../log.js";
import { isSkewed, type Clock } from "../time/clock.js";
import type { JobDefinition, JobSettings } from "./define-job.js";

/** A worker that was killed is noticed after about 20 s: its job's lock runs out, and the next look finds it. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 10_000;
/** A job that was cut off is run again however often that happens: every job is safe to repeat. */
const MOST_STALLS = 1000;
/** The same error is not logged again within this time: a worker without Redis reports many a second. */
const SAME_ERROR_MS = 30_000;

/** What every job's worker needs of its context. */
export interface WorkerContext {
  readonly clock: Clock;
  readonly log: Log;
}

export interface Workers {
  /** Takes no new job and lets those under way end, for at most `graceMs`; what is left is run again by another worker. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Starts a worker for every declared job. */
export function startWorkers<Context extends WorkerContext>(
  context: Context,
  connection: Redis,
  prefix: string,
  jobs: readonly JobDefinition<Context>[],
): Workers {
  const stopping = new AbortController();
  const workers = jobs.map((job) => startWorker(context, connection, prefix, job, stopping.signal));
  return {
    close: async (graceMs) => {
      stopping.abort();
      const ended = Promise.all(workers.map((worker) => worker.close()));
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<"late">((resolve) => {
        timer = setTimeout(resolve, graceMs, "late");
      });
      const result = await Promise.race([ended, grace]);
      clearTimeout(timer);
      if (result === "late") await Promise.all(workers.map((worker) => worker.close(true)));
    },
  };
}

function startWorker<Context extends WorkerContext>(
  context: Context,
  connection: Redis,
  prefix: string,
  definition: JobDefinition<Context>,
  stopping: AbortSignal,
): Worker {
  const worker = new Worker(
    definition.name,
    async (job: Job, _token?: string, signal?: AbortSignal) =>
      onBehalfOf(signal, async () => definition.run(context, job.data, { now: context.clock.now(), signal, stopping })),
    {
      connection,
      prefix,
      concurrency: definition.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MOST_STALLS,
      settings: {
        backoffStrategy: (attempts: number, _type, error) => backoff(definition, attempts, error),
        // Asked when a run is taken up: its lock runs out then, and a worker whose clock is right takes it.
        repeatStrategy: (millis, options) => {
          if (isSkewed(context.clock)) throw new Error("the clock of this machine is wrong: the next run is not set");
          return getNextMillis(millis, options);
        },
      },
    },
  );
  const errors = new Map<string, number>();
  const report = (error: Error, message: string, level: "warn" | "error" = "error") => {
    const last = errors.get(error.message) ?? 0;
    if (Date.now() - last < SAME_ERROR_MS) return;
    errors.set(error.message, Date.now());
    context.log[level]({ job: definition.name, problem: error.message }, message);
  };
  // Another worker has it, or will: what this one still asks would be asked twice.
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) worker.cancelJob(id, "its lock was lost");
  });
  worker.on("error", (error) => report(error, "a worker cannot reach its queue"));
  // Once, on a machine that has just started or is busy, is no failure yet of what its schedule runs again.
  let failures = 0;
  worker.on("completed", () => void (failures = 0));
  worker.on("failed", (_job, error) => {
    failures += 1;
    const isFirst = failures === 1 && definition.schedule !== undefined;
    report(
      error,
      isFirst ? "a job failed once, and runs again by its schedule" : "a job failed",
      isFirst ? "warn" : "error",
    );
  });
  return worker;
}

/** Doubles from the first waiting time up to the most, half of it by chance, and never undercuts what the other side asked for. */
function backoff({ backoff: { firstMs, mostMs } }: JobSettings, attempts: number, error: Error | undefined): number {
  const grown = Math.min(mostMs, firstMs * 2 ** Math.min(attempts - 1, 30));
  const asked = (error as { retryAfterMs?: number | null } | undefined)?.retryAfterMs ?? 0;
  return Math.max(asked, grown * (0.5 + Math.random() / 2));
}
