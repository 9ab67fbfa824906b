/** What a run is told: the instant it is to act as of (epoch ms), and when to stop. */
export interface JobRun {
  readonly now: number;
  readonly signal: AbortSignal | undefined;
  /** Aborted when the worker is asked to stop: what only waits should end, what is under way may still. Absent by hand. */
  readonly stopping?: AbortSignal;
}

/** When a job runs, on which queue, and how often it is tried again. The queue carries the job's name. */
export interface JobSettings {
  readonly name: string;
  /** UTC cron pattern with seconds; absent for jobs that are added one by one. */
  readonly schedule?: string;
  /** How many run at once in one worker process. */
  readonly concurrency: number;
  /** True where only one may run over all workers. */
  readonly oneAtATime?: boolean;
  /** Attempts before a job counts as failed. */
  readonly attempts: number;
  /** Waiting time before the second attempt and the most it grows to, in milliseconds. */
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** True where each shard has a queue of its own: one that is away holds up nothing of another. */
  readonly perShard?: true;
  /** True where something else adds a failed job again under the same id: its remains would be in the way. */
  readonly forgetFailed?: boolean;
}

/** One job: its settings, and what runs in which context. */
export interface JobDefinition<Context, Data = unknown> extends JobSettings {
  readonly run: (context: Context, data: Data, run: JobRun) => Promise<unknown>;
  /** True where what it finds is of days that are over: by hand it waits for events of them that are not recorded yet. */
  readonly readsHistory?: true;
  /** What `plimsoll run` does instead, where there is no queue to hand work over to. */
  readonly byHand?: (context: Context, run: JobRun) => Promise<unknown>;
}

/** Defines a job. Thresholds, queries and decisions belong in src/, not in a job. */
export function defineJob<Context, Data = Record<string, never>>(
  job: JobDefinition<Context, Data>,
): JobDefinition<Context> {
  return job as JobDefinition<Context>;
}
