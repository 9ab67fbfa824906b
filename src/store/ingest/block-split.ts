import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { LANES } from "./lane.js";
import { withBufferScripts } from "./buffer-scripts.js";
import { valuesOf } from "../redis/values-of.js";

/** For how many servers blocks are split, and whether they are held while one is added. Every function throws what Redis throws. */
export interface BlockSplit {
  /**
   * Has all blocks from now on split for so many servers and held; gives how many were sealed before and are recorded still. Changes nothing where blocks
   * are held already.
   */
  readonly raise: (shards: number) => Promise<number>;
  /** How many sealed blocks wait, of both lanes. */
  readonly waiting: () => Promise<number>;
  /** How many blocks from before wait still. */
  readonly left: () => Promise<number>;
  readonly isHeld: () => Promise<boolean>;
  /** Lets held blocks be recorded. */
  readonly release: () => Promise<void>;
  /** Notes of how many servers there are, for a Redis that knows of fewer, or has lost what it knew. */
  readonly note: (shards: number) => Promise<void>;
}

/** The split of the ingest buffer under `<prefix>:intake`. */
export function openBlockSplit(client: Redis, prefix: string): BlockSplit {
  const redis = withBufferScripts(client);
  const name = `${prefix}:intake`;
  return {
    raise: async (shards) => redis.raiseShards(name, shards, randomUUID()),
    waiting: async () => {
      const counts = await Promise.all(LANES.map(async (lane) => redis.zcard(`${name}:${lane}:blocks`)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    left: async () => redis.scard(`${name}:draining`),
    isHeld: async () => (await redis.exists(`${name}:held`)) === 1,
    release: async () => {
      valuesOf(await redis.multi().del(`${name}:held`).del(`${name}:draining`).exec());
    },
    note: async (shards) => {
      const known = Number((await redis.get(`${name}:shards`)) ?? 0);
      // One is what whoever was never told splits for.
      if (known < shards && shards > 1) await redis.set(`${name}:shards`, shards);
    },
  };
}

/** The block waits until a server is added: whoever recorded it before that could not be told from somebody who did not. */
class BlockHeld extends Error {
  override readonly name = "BlockHeld";

  constructor() {
    super("`plimsoll shards add` holds blocks: they are recorded once the server is added");
  }
}

/**
 * Asked before a block is read, and not with its pieces: blocks that wait are many, and asked for again and again. One that is held was never read before.
 * @throws BlockHeld
 */
export async function refuseHeld(redis: Redis, name: string, id: string): Promise<void> {
  const [held, draining] = valuesOf(
    await redis.multi().exists(`${name}:held`).sismember(`${name}:draining`, id).exec(),
  );
  if (held === 1 && draining === 0) throw new BlockHeld();
}
