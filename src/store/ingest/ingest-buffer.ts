import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { EventCount } from "./event-counts.js";
import type { Heartbeat } from "./heartbeat.js";
import { countsOf, heartbeatsOf } from "./buffer-fields.js";
import { refuseHeld } from "./block-split.js";
import { argumentsOf, type IngestBufferGroup } from "./group-arguments.js";
import { withBufferScripts } from "./buffer-scripts.js";
import { readIngestBufferDepth, type IngestBufferDepth } from "./buffer-depth.js";
import { LANES, type Lane } from "./lane.js";
import { KEPT_MS, readKeptRepeats } from "./kept-repeats.js";
import { UNREPLICATED, type Replication } from "../redis/replication.js";
import { valuesOf } from "../redis/values-of.js";

export interface SealedBlock {
  readonly lane: Lane;
  readonly id: string;
}

/**
 * Either nothing was done, because others hold some of the names (null where the name is free; else value and errors) or some of the ids (their
 * places), or because blocks are to be split for another number of servers, or all of it, at an instant of Redis's clock (epoch ms), and blocks were sealed.
 */
export type CommitResult =
  | { readonly kind: "held"; readonly values: readonly (string | null)[] }
  | { readonly kind: "ids_held"; readonly places: readonly number[] }
  | { readonly kind: "other_shards"; readonly shards: number }
  | { readonly kind: "committed"; readonly at: number; readonly sealed: readonly SealedBlock[] };

/** A sealed block: what it holds never changes again, and its id is its deduplication token. */
export interface IngestBufferBlock {
  readonly id: string;
  readonly rows: number;
  /** When its first event was committed, epoch milliseconds of Redis's clock. */
  readonly since: number;
  readonly heartbeats: readonly Heartbeat[];
  readonly counts: readonly EventCount[];
  /** One input for ClickHouse when they follow each other. */
  readonly pieces: readonly Buffer[];
}

export interface IngestBufferLimits {
  /** Events at which the open block of the live lane is sealed. */
  readonly maxRows: number;
  /** When a commit counts, and when a block may be recorded: one that went with a master would come back under another id. */
  readonly replication?: Replication;
}

/** What was accepted and is not in ClickHouse yet. Every function throws what Redis throws. */
export interface IngestBuffer {
  readonly commit: (group: IngestBufferGroup) => Promise<CommitResult>;
  /** Seals the open blocks of a lane that are so old; says in how many milliseconds the next one will be, null when none is open. */
  readonly seal: (
    lane: Lane,
    leastAgeMs: number,
  ) => Promise<{ readonly sealed: readonly string[]; readonly dueInMs: number | null }>;
  /** Null when the block was recorded and forgotten. @throws BlockHeld while a server is added, for a block that was not sealed before that */
  readonly read: (id: string) => Promise<IngestBufferBlock | null>;
  /** Forgets a block that ClickHouse has; says how old it was (ms), null when it was forgotten before. */
  readonly forget: (id: string) => Promise<number | null>;
  /** Ids of a lane's sealed blocks, oldest first, without so many of the oldest. */
  readonly sealedIds: (lane: Lane, atMost: number, after?: number) => Promise<readonly string[]>;
  readonly depth: () => Promise<IngestBufferDepth>;
  /** Bytes that each source's reservations take, by estimate. */
  readonly keptBytes: () => Promise<ReadonlyMap<string, number>>;
}

/** Compressed bytes at which an open block is sealed: some 150,000 usual events, or a few with very long texts. */
const MAX_BYTES = 4 * 2 ** 20;
/** Blocks of the backfill lane are larger: nobody waits for them, and each makes a part for every day that it touches. */
const BACKFILL_ROWS = 3;

/**
 * The ingest buffer under `<prefix>:intake` and reservations under `<prefix>:repeats`. The client should have `commandTimeout` and
 * `enableOfflineQueue: false`.
 */
export function openIngestBuffer(client: Redis, prefix: string, limits: IngestBufferLimits): IngestBuffer {
  const { maxRows, replication = UNREPLICATED } = limits;
  const redis = withBufferScripts(client);
  const name = `${prefix}:intake`;
  const repeats = `${prefix}:repeats`;
  return {
    async commit(group) {
      const given = [KEPT_MS.vouched, KEPT_MS.equalBody, maxRows, maxRows * BACKFILL_ROWS, MAX_BYTES, randomUUID()];
      const [done, ...texts] = await replication.confirmed(async () =>
        redis.commitGroup(name, repeats, ...given, ...argumentsOf(group)),
      );
      if (done === 2) return { kind: "ids_held", places: texts.map((place) => Number(place) - 1) };
      if (done === 3) return { kind: "other_shards", shards: Number(texts[0]) };
      if (done === 0) return { kind: "held", values: texts.map((text) => (text === "" ? null : text)) };
      const [at, ...names] = texts;
      const sealed = Array.from({ length: names.length / 2 }, (_, i): SealedBlock => {
        return { lane: names[2 * i] as Lane, id: names[2 * i + 1]! };
      });
      return { kind: "committed", at: Number(at), sealed };
    },
    async seal(lane, leastAgeMs) {
      const [missing, ...sealed] = await redis.sealBlocks(name, lane, randomUUID(), leastAgeMs);
      return { sealed, dueInMs: missing < 0 ? null : missing };
    },
    async read(id) {
      await refuseHeld(redis, name, id);
      const block = `${name}:block:${id}`;
      const asked = redis.multi().hgetall(`${block}:meta`).lrangeBuffer(block, 0, -1);
      for (const lane of LANES) asked.zscore(`${name}:${lane}:blocks`, id);
      const values = valuesOf(await replication.confirmed(async () => asked.exec()));
      const [meta, pieces, ...scores] = values;
      const since = scores.find((score) => score !== null);
      if (since === undefined) return null;
      const known = meta as Record<string, string>;
      return {
        id,
        rows: Number(known["rows"]),
        since: Number(since),
        heartbeats: heartbeatsOf(known),
        counts: countsOf(known),
        pieces: pieces as Buffer[],
      };
    },
    async forget(id) {
      const age = await redis.forgetBlock(name, id);
      return age === 0 ? null : age - 1;
    },
    sealedIds: async (lane, atMost, after = 0) =>
      redis.zrange(`${name}:${lane}:blocks`, String(after), String(after + atMost - 1)),
    depth: async () => readIngestBufferDepth(redis, name),
    keptBytes: async () => readKeptRepeats(redis, repeats),
  };
}
