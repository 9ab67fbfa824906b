import { randomUUID } from "node:crypto";
import { countArgs } from "./buffer-fields.js";
import type { EventCount } from "./event-counts.js";
import type { Heartbeat } from "./heartbeat.js";
import { KEPT_MS, unitsOf } from "./kept-repeats.js";
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
  /** How many servers its blocks are split for; absent where that does not matter. */
  readonly shards?: number;
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

/** A group as `commit.lua` is given it, after what is the same for all groups. */
export function argumentsOf({
  reservations,
  ids,
  heartbeats,
  shards = 0,
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
    shards,
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
