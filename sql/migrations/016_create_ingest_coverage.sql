CREATE TABLE IF NOT EXISTS ingest_coverage
(
  minute DateTime('UTC') COMMENT 'A minute in which the source was heard: by an event of it, or by a heartbeat.',
  source LowCardinality(String) COMMENT 'Name of the ingest token.',
  events SimpleAggregateFunction(sum, UInt64) COMMENT 'Event rows of that minute.',
  without_address SimpleAggregateFunction(sum, UInt64) COMMENT 'Event rows without a usable source address; reports of providers, which have none, are not counted.',
  last_ingested_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the last of them was written: a check before that was without it.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(minute)
ORDER BY (minute, source)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Which minutes were heard. No rows in usage_minutes means zero only where the source was heard.'
