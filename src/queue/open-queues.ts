import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { JobSettings } from "./define-job.js";

/** Jobs that ended are kept this long, for people who look. */
const KEEP_FAILED = { age: 7 * 86_400, count: 1000 };

/** What a run that is asked for is known by: each queue has one at most that waits. */
const ASKED_FOR = "asked-for";

/** Queues of the declared jobs, to add to and to ask. */
export interface Queues {
  /**
   * Adds a job; under an id that the queue already holds it adds nothing. Fails at once when Redis is away.
   * @throws Error for a job that is not declared, and what Redis throws
   */
  readonly enqueue: (name: string, jobId: string, data: unknown) => Promise<void>;
  /**
   * Asks for a run of a scheduled job now. However often it is asked: one waits at most, and what is asked while it is under way is one more after it.
   * @throws Error for a job that is not declared, and what Redis throws
   */
  readonly wake: (name: string) => Promise<void>;
  /** Those of the ids under which the queue holds no job. */
  readonly withoutJob: (name: string, jobIds: readonly string[]) => Promise<readonly string[]>;
  readonly of: (name: string) => Queue;
  readonly close: () => Promise<void>;
}

/**
 * Opens the queues over one connection. That one must have `enableOfflineQueue: false`, so that an answer comes while Redis is
 * away; the queue must not remember a failed start for ever, hence the two skips.
 */
export function openQueues(connection: Redis, prefix: string, jobs: readonly JobSettings[]): Queues {
  const queues = new Map(
    jobs.map((job) => {
      const queue = new Queue(job.name, {
        connection,
        prefix,
        skipWaitingForReady: true,
        skipVersionCheck: true,
        defaultJobOptions: {
          attempts: job.attempts,
          backoff: { type: "custom" },
          removeOnComplete: true,
          removeOnFail: job.forgetFailed === true ? true : KEEP_FAILED,
          stackTraceLimit: 1,
        },
      });
      // The connection reports its own errors; without a listener they would be printed once more.
      queue.on("error", () => undefined);
      return [job.name, queue];
    }),
  );
  const of = (name: string): Queue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`unknown job ${name}`);
    return queue;
  };
  return {
    of,
    enqueue: async (name, jobId, data) => {
      await of(name).add(name, data, { jobId: jobId.replaceAll(":", "_") });
    },
    wake: async (name) => {
      const deduplication = { id: ASKED_FOR, keepLastIfActive: true };
      await of(name).add(name, {}, { deduplication, attempts: 1, removeOnComplete: true, removeOnFail: true });
    },
    withoutJob: async (name, jobIds) => {
      const queue = of(name);
      const found = connection.pipeline();
      for (const id of jobIds) found.exists(queue.toKey(id));
      const results = (await found.exec()) ?? [];
      return jobIds.filter((_, index) => {
        const [error, exists] = results[index] ?? [];
        if (error) throw error;
        return exists === 0;
      });
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
