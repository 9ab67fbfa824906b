/**
 * Where accepted events wait for ClickHouse. `live`: those of today and yesterday (UTC), three partitions at most. `backfill`: older
 * ones, gathered by week; they never stand before live ones.
 */
export type Lane = "live" | "backfill";

/** Both, live ones first. */
export const LANES: readonly Lane[] = ["live", "backfill"];
