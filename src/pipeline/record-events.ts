import type { RequestBlock } from "../store/request-block.js";

/** Name of the queue and of its jobs. */
export const RECORD_EVENTS = "record-events";

/** What ingest hands to the worker: everything but the connection. Holds no raw key. */
export interface RecordBatch {
  /** Random id of the batch: job id, and the beginning of every insert token. */
  readonly batch: string;
  /** Name of the ingest token that delivered it. */
  readonly source: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly blocks: readonly RequestBlock[];
  /** True when the body held no event: the source only said that it is there. */
  readonly heartbeat: boolean;
}

export interface RecordStore {
  insertBlock(block: RequestBlock, token: string): Promise<void>;
  /** `minute` is the beginning of the minute, epoch milliseconds. */
  insertHeartbeat(source: string, minute: number, token: string): Promise<void>;
}

const MINUTE_MS = 60_000;

/**
 * Writes a batch. The tokens come from the batch alone, so a job that ran halfway, or twice, leaves each row once.
 * Throws what the store throws: the job is to be repeated as it is.
 */
export async function recordEvents(store: RecordStore, data: RecordBatch): Promise<void> {
  for (const [index, block] of data.blocks.entries()) {
    await store.insertBlock(block, `${data.batch}:${index}`);
  }
  if (data.heartbeat) {
    const minute = Math.floor(data.receivedAt / MINUTE_MS) * MINUTE_MS;
    await store.insertHeartbeat(data.source, minute, `${data.batch}:heartbeat`);
  }
}
