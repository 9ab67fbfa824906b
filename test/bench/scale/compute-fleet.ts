import { shardOf } from "../../../src/store/clickhouse/shard-of.js";
import type { Row } from "./sum-steps.js";

/** What follows for a large fleet by keys alone, from what was measured with fewer. Seconds. */
export interface ComputedStep {
  readonly step: string;
  /** Of a fair share of the keys. */
  readonly aShard: number;
  readonly oneAfterTheOther: number;
  /** The slowest shard, with the most keys: as long as machines that each do theirs take. */
  readonly sideBySide: number;
  /** CPU seconds of Node.js for all keys, which one `work` has to itself alone. */
  readonly oneWork: number;
}

/** The keys of each shard, where ids are spread as they are. */
export function spreadKeys(keys: number, shards: number): number[] {
  const counts = Array.from({ length: shards }, () => 0);
  for (let i = 0; i < keys; i += 1) counts[shardOf(`acct_${i}`, shards)]! += 1;
  return counts;
}

/** Multiplies what was measured with `measured` keys by what each shard has. */
export function computeFleet(rows: readonly Row[], measured: number, spread: readonly number[]): ComputedStep[] {
  const keys = spread.reduce((sum, one) => sum + one, 0);
  const times = (seconds: number, of: number) => Math.round((seconds * of * 10) / measured) / 10;
  return rows.map(({ step, seconds, nodeCpu }) => ({
    step,
    aShard: times(seconds, keys / spread.length),
    oneAfterTheOther: times(seconds, keys),
    sideBySide: times(seconds, Math.max(...spread)),
    oneWork: times(nodeCpu, keys),
  }));
}
