/**
 * The shard, from 0, that a sealed block's rows go to: each block is of one shard, and waits for no other. One that was sealed
 * before there were shards is of the first. */
export function shardOfBlock(id: string): number {
  return Number(/\.(\d+)$/.exec(id)?.[1] ?? 0);
}
