-- Events are capped, their sums are not: spend that wraps around would be spend that is subtracted.
CREATE TABLE IF NOT EXISTS usage_minutes
(
  minute DateTime('UTC') COMMENT 'Start of the minute, UTC.' CODEC(Delta(4), ZSTD(1)),
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  requests SimpleAggregateFunction(sum, UInt64) COMMENT 'All requests, refused ones included.' CODEC(T64, ZSTD(1)),
  served SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests that count as use: served, or disconnected by the client (499), or with a cost.' CODEC(T64, ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests with a status of 400 or more.' CODEC(T64, ZSTD(1)),
  throttled SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests refused with 429.' CODEC(T64, ZSTD(1)),
  denied SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests refused with 401 or 403.' CODEC(T64, ZSTD(1)),
  bytes SimpleAggregateFunction(sum, UInt128) COMMENT 'Response bytes.' CODEC(ZSTD(1)),
  unit_millis SimpleAggregateFunction(sum, UInt128) COMMENT 'Thousandths of what the provider bills: tokens, messages, rows.' CODEC(ZSTD(1)),
  spend_micros SimpleAggregateFunction(sum, UInt128) COMMENT 'Millionths of a US dollar.' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfFifteenMinutes(minute), key_id, observed_by, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Usage per key and minute. Read with sum() and GROUP BY: rows are merged eventually.'
