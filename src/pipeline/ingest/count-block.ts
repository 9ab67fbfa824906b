import type { Counted } from "../../store/ingest/group-arguments.js";
import type { RequestBlock } from "../../store/ingest/request-block.js";

const HOUR_MS = 3_600_000;

/** Whose counts these are: the name of this run, which no other has, and its clock. */
export interface Counting {
  readonly process: string;
  readonly now: () => number;
}

/** A block with what it adds to the counts of acceptance of this hour. */
export function countBlock<Block extends RequestBlock>(block: Block, { now, process }: Counting): Block & Counted {
  const hour = Math.floor(now() / HOUR_MS) * HOUR_MS;
  return { ...block, counts: [...block.rowsBySource].map(([source, events]) => ({ hour, source, process, events })) };
}
