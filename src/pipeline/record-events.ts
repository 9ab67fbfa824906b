import type { Heartbeat, IntakeBlock } from "../store/intake.js";

/** Name of the queue and of its jobs. */
export const RECORD_EVENTS = "record-events";

/** What is handed to the worker: the name of a sealed block, which waits in the intake. */
export interface RecordJob {
  readonly block: string;
}

export interface RecordDeps {
  readonly intake: {
    readonly read: (id: string) => Promise<IntakeBlock | null>;
    readonly forget: (id: string) => Promise<number | null>;
  };
  /** Writes pieces of rows once under a token. */
  readonly insertBlock: (pieces: readonly Buffer[], token: string) => Promise<void>;
  readonly insertHeartbeats: (heartbeats: readonly Heartbeat[], token: string) => Promise<void>;
}

/**
 * Writes a sealed block into ClickHouse and forgets it. Block and token never change, so one that is recorded halfway, twice, or by two
 * workers at once leaves each row once; one that was forgotten has been recorded.
 * @throws what ClickHouse and Redis throw: the job is to be repeated as it is
 */
export async function recordEvents({ intake, insertBlock, insertHeartbeats }: RecordDeps, id: string): Promise<void> {
  const block = await intake.read(id);
  if (block === null) return;
  if (block.pieces.length > 0) await insertBlock(block.pieces, id);
  if (block.heartbeats.length > 0) await insertHeartbeats(block.heartbeats, `${id}:heartbeats`);
  await intake.forget(id);
}
