import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { EventCount } from "./event-counts.js";
import type { Heartbeat } from "./heartbeat.js";
import { countArgs, countsOf, heartbeatsOf } from "./buffer-fields.js";
import { withBufferScripts } from "./buffer-scripts.js";
import { readIngestBufferDepth, type IngestBufferDepth } from "./buffer-depth.js";
import { LANES, type Lane } from "./lane.js";
import { KEPT_MS, readKeptRepeats, unitsOf } from "./kept-repeats.js";
import { UNREPLICATED, type Replication } from "../redis/replication.js";
import { valuesOf } from "../redis/values-of.js";
import type { ShardBlock, WeekBlock } from "./request-block.js";

/** A name under which a batch is counted once, and what a repeat of it is answered from. */
export interface Reservation {
  /** `head` and `field` of a name as wide as a random number that no two batches share. */
  readonly head: string;
  readonly field: string;
  /** Whose batch it is: each source has a share of what is kept. */
  readonly source: string;
  /** Not empty, short, and different for each batch. */
  readonly value: string;
  /** What a repeat is told beyond that; mostly empty. */
  readonly errors: string;
  readonly ttlMs: number;
}

/** A request's id under its source, by which the same request in another body is known. */
export interface IdName {
  readonly head: string;
  readonly field: string;
  readonly source: string;
}

/** Rows with the counts of acceptance that they are part of. */
export interface Counted {
  readonly counts: readonly EventCount[];
}

/** What is committed in one step: all of it or nothing. */
export interface IngestBufferGroup {
  readonly reservations: readonly Reservation[];
  /** Of the events in it; empty unless repeats are told by ids. */
  readonly ids: readonly IdName[];
  readonly heartbeats: readonly Heartbeat[];
  /** Each joins the open block of its shard in the live lane. */
  readonly pieces: readonly (ShardBlock & Counted)[];
  /** Each is a block of its own in the live lane. */
  readonly alone: readonly (ShardBlock & Counted)[];
  /** Each joins the open block of its week and shard in the backfill lane. */
  readonly backfill: readonly (WeekBlock & Counted)[];
}

export interface SealedBlock {
  readonly lane: Lane;
  readonly id: string;
}

/**
 * Either nothing was done, because others hold some of the names (null where the name is free; else value and errors) or some of the ids (their
 * places), or all of it, at an instant of Redis's clock (epoch ms), and blocks were sealed.
 */
export type CommitResult =
  | { readonly kind: "held"; readonly values: readonly (string | null)[] }
  | { readonly kind: "ids_held"; readonly places: readonly number[] }
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
  /** Null when the block was recorded and forgotten. */
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
      const block = `${name}:block:${id}`;
      const asked = redis.multi().hgetall(`${block}:meta`).lrangeBuffer(block, 0, -1);
      for (const lane of LANES) asked.zscore(`${name}:${lane}:blocks`, id);
      const [meta, pieces, ...scores] = valuesOf(await replication.confirmed(async () => asked.exec()));
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

function argumentsOf({
  reservations,
  ids,
  heartbeats,
  pieces: live,
  alone,
  backfill,
}: IngestBufferGroup): (string | number | Buffer)[] {
  const kept = unitsOf([...reservations, ...ids.map(({ source }) => ({ source, ttlMs: KEPT_MS.vouched, errors: "" }))]);
  const pieces = [
    ...backfill.map((block) => ({ lane: "backfill", bucket: `${block.week}.${block.shard}`, ...block })),
    ...live.map((block) => ({ lane: "live", bucket: `0.${block.shard}`, ...block })),
  ];
  return [
    reservations.length,
    kept.length,
    ids.length,
    heartbeats.length,
    pieces.length,
    alone.length,
    ...reservations.flatMap(({ head, field, value, errors, ttlMs }) => [head, field, value, errors, ttlMs]),
    ...kept.flatMap(({ source, ttlMs, units }) => [source, ttlMs, units]),
    ...ids.flatMap(({ head, field }) => [head, field]),
    ...heartbeats.map(({ source, minute }) => `${minute}:${source}`),
    ...pieces.flatMap(({ lane, bucket, rows, data, counts }) =>
      [[lane, bucket, rows, data], argsOfCounts(counts)].flat(),
    ),
    ...alone.flatMap(({ shard, rows, data, counts }) =>
      [[`${randomUUID()}.${shard}`, rows, data], argsOfCounts(counts)].flat(),
    ),
  ];
}

const argsOfCounts = (counts: readonly EventCount[]) => [counts.length, ...counts.flatMap(countArgs)];
