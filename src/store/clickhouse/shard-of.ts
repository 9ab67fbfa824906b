import { crc32 } from "node:zlib";

const MULTIPLIER = 2862933555777941757n;
const ALL_BITS = (1n << 64n) - 1n;
const STRIDES = 2 ** 31;

/** The same in ClickHouse: what a Distributed table sends a key's rows by, and finds them by. */
export const shardExpression = (shards: number) => `jumpConsistentHash(CRC32(key_id), ${shards})`;

/**
 * The shard, from 0, that has all rows of a key. Of a shard that is added only the keys move that it gets. J. Lamping and E. Veach, A Fast,
 * Minimal Memory, Consistent Hash Algorithm (2014), over the CRC-32 of the key's id.
 */
export function shardOf(keyId: string, shards: number): number {
  if (shards === 1) return 0;
  let key = BigInt(crc32(keyId));
  let bucket = 0;
  for (let next = 0; next < shards;) {
    bucket = next;
    key = (key * MULTIPLIER + 1n) & ALL_BITS;
    next = Math.floor((bucket + 1) * (STRIDES / (Number(key >> 33n) + 1)));
  }
  return bucket;
}
