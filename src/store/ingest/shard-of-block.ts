/** The shard, from 0, that a sealed block's rows go to: each block is of one shard, and waits for no other. */
export function shardOfBlock(id: string): number {
  return Number(id.slice(id.lastIndexOf(".") + 1));
}
