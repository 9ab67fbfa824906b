CREATE TABLE IF NOT EXISTS usage_minutes
(
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)) COMMENT 'Start of the minute, UTC.',
  key_id String CODEC(ZSTD(1)) COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  requests SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Requests served, refused ones included.',
  errors SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Requests with a status of 400 or more.',
  throttled SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Requests refused with 429.',
  denied SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Requests refused with 401 or 403.',
  bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Response bytes.',
  unit_millis SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Thousandths of what the provider bills: tokens, messages, rows.',
  spend_micros SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) COMMENT 'Millionths of a US dollar.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfFifteenMinutes(minute), key_id, observed_by, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Usage per key and minute. Read with sum() and GROUP BY: rows are merged eventually.'
