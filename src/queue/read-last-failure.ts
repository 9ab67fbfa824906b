import type { Queue } from "bullmq";

const LONGEST = 160;
/** An address may hold a password. */
const ADDRESS = /\b[a-z]+:\/\/\S+/gi;

/** Why a queue's newest failed run failed, in its first words, if it ended at an instant (epoch ms) or later; null where none did. Throws what Redis throws. */
export async function readLastFailure(queue: Queue, since: number): Promise<string | null> {
  const [job] = await queue.getFailed(0, 0);
  if (job === undefined || (job.finishedOn ?? 0) < since) return null;
  return (job.failedReason.split("\n")[0] ?? "").replaceAll(ADDRESS, "…").slice(0, LONGEST);
}
