-- Which caller reported a key in which minute: a caller that reported nothing of it, not even a count of 0, is not compared with the gateway in that minute.
CREATE TABLE IF NOT EXISTS caller_minutes
(
  minute DateTime('UTC') COMMENT 'Start of the minute, UTC.' CODEC(Delta(4), ZSTD(1)),
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  caller LowCardinality(String) COMMENT 'Name of the ingest token with which a caller reported the key in that minute.',
  served SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests that it made and that count as use, as in usage_minutes; 0 where it reported that it made none.' CODEC(T64, ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfFifteenMinutes(minute), key_id, caller, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'What callers (observed_by caller) reported, per key, caller and minute. Read with sum() and GROUP BY: rows are merged eventually.'
