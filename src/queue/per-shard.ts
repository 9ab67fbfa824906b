import { groupBy } from "../model/group-by.js";
import type { JobSettings } from "./define-job.js";
import type { Queues } from "./open-queues.js";

/** The queue of a shard's own, from 0: the first keeps the job's name. Null for a shard that there is not. */
export function queueOfShard(name: string, shard: number, shards: number): string | null {
  return shard < shards ? nameOn(name, shard) : null;
}

const nameOn = (name: string, shard: number) => (shard === 0 ? name : `${name}-${shard + 1}`);

/** Jobs as they are declared; those that are `perShard` once for each shard. */
export function onShards<Job extends JobSettings>(jobs: readonly Job[], shards: number): Job[] {
  return jobs.flatMap((job) =>
    job.perShard === true
      ? Array.from({ length: shards }, (_, shard) => ({ ...job, name: nameOn(job.name, shard) }))
      : [job],
  );
}

/** Those of the ids under which the queue of their shard holds no job. `queueOf` gives null for one of a shard that there is not: it waits for it. */
export async function withoutJob(
  queues: Pick<Queues, "withoutJob">,
  ids: readonly string[],
  queueOf: (id: string) => string | null,
): Promise<readonly string[]> {
  const known = ids.filter((id) => queueOf(id) !== null);
  const lists = [...groupBy(known, (id) => queueOf(id)!)].map(([queue, own]) => queues.withoutJob(queue, own));
  return (await Promise.all(lists)).flat();
}
