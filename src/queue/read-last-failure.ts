import type { Queue } from "bullmq";

/** An address may hold a password. */
const ADDRESS = /\b[a-z]+:\/\/\S+/gi;
/** Where ClickHouse begins to quote the query, with whatever it was asked about: anybody may read this. */
const QUOTES = /(?:\bin scope\b|\bwhile (?:executing|processing|parsing)\b|\bSELECT\b)/i;

/** Why a queue's newest failed run failed, in its first line, if it ended at an instant (epoch ms) or later; null where none did. Throws what Redis throws. */
export async function readLastFailure(queue: Queue, since: number): Promise<string | null> {
  const [job] = await queue.getFailed(0, 0);
  if (job === undefined || (job.finishedOn ?? 0) < since) return null;
  const line = job.failedReason.split("\n", 1)[0] ?? "";
  return (line.split(QUOTES, 1)[0] ?? "").replaceAll(ADDRESS, "…").trim();
}
