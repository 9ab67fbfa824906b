CREATE TABLE IF NOT EXISTS ingest_coverage
(
  minute DateTime('UTC') COMMENT 'A minute in which the source was reporting: an event of it, or a heartbeat.',
  source LowCardinality(String) COMMENT 'Name of the ingest token.',
  events SimpleAggregateFunction(sum, UInt64) COMMENT 'Event rows of that minute.',
  without_address SimpleAggregateFunction(sum, UInt64) COMMENT 'Event rows without a usable source address; reports of providers, which have none, are not counted.',
  last_ingested_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the last of them was written: earlier checks did not see it.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(minute)
ORDER BY (minute, source)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Minutes in which each source was reporting. No rows in usage_minutes means zero only for a minute in which the source was reporting.'
