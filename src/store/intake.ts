import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { EventCount } from "./event-counts.js";
import type { Heartbeat } from "./heartbeat.js";
import { countArgs, countsOf, heartbeatsOf } from "./intake-fields.js";
import { commitScript, forgetScript, sealScript } from "./intake-scripts.js";
import { instantOf } from "./redis.js";
import type { RequestBlock } from "./request-block.js";

/** A name under which a batch is counted once, and what a repeat of it is answered from. */
export interface Reservation {
  readonly key: string;
  /** Not empty, and different for each batch. */
  readonly value: string;
  readonly ttlMs: number;
}

/** Rows with the counts of acceptance that they are part of. */
export interface CountedBlock extends RequestBlock {
  readonly counts: readonly EventCount[];
}

/** What is committed in one step: all of it or nothing. */
export interface IntakeGroup {
  readonly reservations: readonly Reservation[];
  readonly heartbeats: readonly Heartbeat[];
  /** Joins the open block. */
  readonly piece: CountedBlock | null;
  /** Each is a block of its own. */
  readonly alone: readonly CountedBlock[];
}

/** Either nothing was done, because others hold some of the names (null where the name is free), or all of it, at an instant of Redis's clock (epoch ms), and blocks were sealed. */
export type CommitResult =
  | { readonly kind: "held"; readonly values: readonly (string | null)[] }
  | { readonly kind: "committed"; readonly at: number; readonly sealed: readonly string[] };

/** A sealed block: what it holds never changes again, and its id is its deduplication token. */
export interface IntakeBlock {
  readonly id: string;
  readonly rows: number;
  /** When its first event was committed, epoch milliseconds of Redis's clock. */
  readonly since: number;
  readonly heartbeats: readonly Heartbeat[];
  readonly counts: readonly EventCount[];
  /** One input for ClickHouse when they follow each other. */
  readonly pieces: readonly Buffer[];
}

/** What waits, and for how long. */
export interface IntakeDepth {
  readonly rows: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Epoch milliseconds of Redis's clock; null when nothing waits. */
  readonly oldestAt: number | null;
  /** When that was so, by the same clock. */
  readonly readAt: number;
}

export interface IntakeLimits {
  /** Events at which the open block is sealed. */
  readonly maxRows: number;
}

/** What was accepted and is not in ClickHouse yet. Every function throws what Redis throws. */
export interface Intake {
  readonly commit: (group: IntakeGroup) => Promise<CommitResult>;
  /** Seals the open block if it is so old; else says in how many milliseconds it will be, null when nothing is open. */
  readonly seal: (leastAgeMs: number) => Promise<{ readonly sealed: string } | { readonly dueInMs: number | null }>;
  /** Null when the block was recorded and forgotten. */
  readonly read: (id: string) => Promise<IntakeBlock | null>;
  /** Forgets a block that ClickHouse has; says how old it was (ms), null when it was forgotten before. */
  readonly forget: (id: string) => Promise<number | null>;
  /** Ids of sealed blocks, oldest first. */
  readonly sealedIds: (atMost: number) => Promise<readonly string[]>;
  readonly depth: () => Promise<IntakeDepth>;
}

/** Compressed bytes at which the open block is sealed: some 150,000 usual events, or a few with very long texts. */
const MAX_BYTES = 4 * 2 ** 20;

/**
 * The intake under `<prefix>:intake` and reservations under `<prefix>:batch`. The client should have `commandTimeout` and
 * `enableOfflineQueue: false`.
 */
export function openIntake(redis: Redis, prefix: string, { maxRows }: IntakeLimits): Intake {
  const name = `${prefix}:intake`;
  const blocks = `${name}:blocks`;
  const totals = `${name}:totals`;
  const keys = [`${name}:open`, `${name}:open:meta`, blocks, totals, `${name}:block:`];
  return {
    async commit({ reservations, heartbeats, piece, alone }) {
      const answer = (await commitScript(
        redis,
        [...keys, ...reservations.map(({ key }) => `${prefix}:batch:${key}`)],
        [
          maxRows,
          MAX_BYTES,
          randomUUID(),
          reservations.length,
          heartbeats.length,
          alone.length,
          piece?.rows ?? 0,
          piece?.data ?? "",
          piece?.counts.length ?? 0,
          ...reservations.flatMap(({ value, ttlMs }): (string | number)[] => [value, ttlMs]),
          ...heartbeats.map(({ source, minute }) => `${minute}:${source}`),
          ...(piece?.counts ?? []).flatMap(countArgs),
          ...alone.flatMap(({ rows, data, counts }): (string | number | Buffer)[] => [
            randomUUID(),
            rows,
            data,
            counts.length,
            ...counts.flatMap(countArgs),
          ]),
        ],
      )) as readonly [number, ...string[]];
      const [done, ...texts] = answer;
      if (done === 1) return { kind: "committed", at: Number(texts[0]), sealed: texts.slice(1) };
      return { kind: "held", values: texts.map((text) => (text === "" ? null : text)) };
    },
    async seal(leastAgeMs) {
      const id = randomUUID();
      const missing = (await sealScript(redis, keys, [id, leastAgeMs])) as number;
      if (missing === 0) return { sealed: id };
      return { dueInMs: missing < 0 ? null : missing };
    },
    async read(id) {
      const block = `${name}:block:${id}`;
      const results = await redis.multi().zscore(blocks, id).hgetall(`${block}:meta`).lrangeBuffer(block, 0, -1).exec();
      const [since, meta, pieces] = valuesOf(results) as [string | null, Record<string, string>, Buffer[]];
      if (since === null) return null;
      const [heartbeats, counts] = [heartbeatsOf(meta), countsOf(meta)];
      return { id, rows: Number(meta["rows"]), since: Number(since), heartbeats, counts, pieces };
    },
    async forget(id) {
      const age = (await forgetScript(redis, keys, [id])) as number;
      return age === 0 ? null : age - 1;
    },
    sealedIds: async (atMost) => redis.zrange(blocks, "0", String(atMost - 1)),
    async depth() {
      const results = await redis
        .multi()
        .hmget(totals, "rows", "bytes")
        .zcard(blocks)
        .zrange(blocks, "0", "0", "WITHSCORES")
        .hget(`${name}:open:meta`, "since")
        .time()
        .exec();
      const [[rows, bytes], count, oldest, openedAt, [seconds, micros]] = valuesOf(results) as [
        (string | null)[],
        number,
        unknown[],
        string | null,
        [string, string],
      ];
      // One list or a list of pairs, as the protocol has it.
      const instants = [oldest.flat()[1], openedAt].flatMap((at) =>
        at === undefined || at === null ? [] : Number(at),
      );
      const oldestAt = instants.length === 0 ? null : Math.min(...instants);
      return {
        rows: Number(rows ?? 0),
        bytes: Number(bytes ?? 0),
        blocks: count,
        oldestAt,
        readAt: instantOf(seconds, micros),
      };
    },
  };
}

function valuesOf(results: readonly [Error | null, unknown][] | null): unknown[] {
  return (results ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
