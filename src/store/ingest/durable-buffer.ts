import type { Redis } from "ioredis";
import { openReplication } from "../redis/replication.js";
import { openIngestBuffer, type IngestBuffer } from "./ingest-buffer.js";

/** How much an answer of ingest promises, and what it takes. */
export interface Durability {
  /** Events at which the open block of the live lane is sealed. */
  readonly maxRows: number;
  /** Whether an event counts when Redis has it (in memory, or on disk, as Redis is set), or replicas as well. */
  readonly durable: "disk" | "memory" | "replica";
  /** How many replicas, then. */
  readonly replicas: number;
  /** Opens another connection like `redis`. */
  readonly connect: () => Redis;
}

/** The ingest buffer on a client; on a connection of its own where each answer waits for a replica, as nothing else could use it meanwhile. */
export function openDurableBuffer(
  redis: Redis,
  prefix: string,
  { maxRows, durable, replicas, connect }: Durability,
): { readonly ingestBuffer: IngestBuffer; readonly closeBuffer: () => void } {
  if (durable !== "replica")
    return { ingestBuffer: openIngestBuffer(redis, prefix, { maxRows }), closeBuffer: () => undefined };
  const own = connect();
  const replication = openReplication(own, `${prefix}:replicated`, replicas);
  return {
    ingestBuffer: openIngestBuffer(own, prefix, { maxRows, replication }),
    closeBuffer: () => own.disconnect(),
  };
}
