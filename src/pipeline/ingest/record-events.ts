import { judgeInsertError, waitAfter, type InsertProblem } from "../../store/ingest/insert-problem.js";
import type { IngestBufferBlock } from "../../store/ingest/ingest-buffer.js";
import type { Lane } from "../../store/ingest/lane.js";
import type { RequestWriter } from "../../store/ingest/request-writer.js";
import { shardOfBlock } from "../../store/ingest/shard-of-block.js";
import { salvageBlock, type Salvaged } from "./salvage-block.js";

/** Name of each lane's queue and of its jobs. */
export const RECORD_QUEUES: Readonly<Record<Lane, string>> = {
  live: "record-events",
  backfill: "record-backfill",
};

/** What is handed to the worker: the name of a sealed block, which waits in the ingest buffer. */
export interface RecordJob {
  readonly block: string;
}

/** What was recorded, for figures. */
export interface RecordedBlock {
  readonly block: string;
  readonly rows: number;
  /** Milliseconds of the insert that went through. */
  readonly insertMs: number;
  /** Milliseconds from the commit of its first event. */
  readonly ageMs: number;
}

export interface RecordDeps {
  /** Writes what is of a shard, from 0. @throws Error when there is no such shard */
  readonly writerOf: (shard: number) => RequestWriter;
  readonly ingestBuffer: {
    readonly read: (id: string) => Promise<IngestBufferBlock | null>;
    readonly forget: (id: string) => Promise<number | null>;
  };
  /** Waits so many milliseconds; throws when the worker is to stop. */
  readonly pause: (ms: number, stopping: AbortSignal | undefined) => Promise<void>;
  readonly onProblem: (problem: InsertProblem, tries: number) => void;
  readonly onSalvaged: (block: string, salvaged: Salvaged) => void;
  readonly onRecorded: (recorded: RecordedBlock) => void;
}

/** Somebody else recorded the block meanwhile, perhaps long ago. */
class BlockGone extends Error {}

/**
 * Writes a sealed block into ClickHouse and forgets it. Block and token never change, so one that is recorded halfway, twice, or by two
 * workers at once leaves each row once; one that was forgotten has been recorded. While ClickHouse is away or has enough to do, it
 * waits here: the blocks behind it stay where they are.
 * @throws what Redis throws, and when the worker is to stop: the job is to be repeated as it is
 */
export async function recordEvents(deps: RecordDeps, id: string, stopping?: AbortSignal): Promise<void> {
  try {
    await recordBlock(deps, id, stopping);
  } catch (error) {
    if (!(error instanceof BlockGone)) throw error;
  }
}

async function recordBlock(deps: RecordDeps, id: string, stopping: AbortSignal | undefined): Promise<void> {
  const block = await deps.ingestBuffer.read(id);
  if (block === null) return;
  if (block.rows > 0 && block.pieces.length === 0) throw new Error(`block ${id} has lost its ${block.rows} rows`);
  const { pieces, heartbeats, counts } = block;
  const writer = deps.writerOf(shardOfBlock(id));
  let insertMs = 0;
  const salvage = async () => {
    const salvaged = await salvageBlock(writer, block);
    if (salvaged !== null) deps.onSalvaged(id, salvaged);
    return salvaged !== null;
  };
  const isThere = async () => (await deps.ingestBuffer.read(id)) !== null;
  await untilTaken({ ...deps, stopping, salvage, isThere }, async () => {
    const startedAt = performance.now();
    if (pieces.length > 0) await writer.insertBlock(pieces, id);
    insertMs = performance.now() - startedAt;
  });
  await untilTaken({ ...deps, stopping }, async () => {
    if (heartbeats.length > 0) await writer.insertHeartbeats(heartbeats, `${id}:heartbeats`);
  });
  await untilTaken({ ...deps, stopping }, async () => {
    if (counts.length > 0) await writer.insertCounts(counts, `${id}:counts`);
  });
  const ageMs = await deps.ingestBuffer.forget(id);
  if (ageMs !== null) deps.onRecorded({ block: id, rows: block.rows, insertMs, ageMs });
}

async function untilTaken(
  deps: Pick<RecordDeps, "onProblem" | "pause"> & {
    readonly stopping: AbortSignal | undefined;
    /** Brings home what can be read of rows that cannot be taken; false when all of them can be read. */
    readonly salvage?: () => Promise<boolean>;
    /** Whether the block waits still. */
    readonly isThere?: () => Promise<boolean>;
  },
  insert: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await insert();
    } catch (error) {
      const problem = judgeInsertError(error);
      deps.onProblem(problem, tries);
      if (problem.verdict === "poison" && (await deps.salvage?.()) === true) return;
      await deps.pause(waitAfter(problem.verdict, tries, Math.random()), deps.stopping);
      // A worker that was frozen while a server was added would try for ever what was recorded long ago, and is refused here now.
      if (problem.verdict === "setup" && (await deps.isThere?.()) === false) throw new BlockGone();
    }
  }
}
