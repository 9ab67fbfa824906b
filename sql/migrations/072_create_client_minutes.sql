CREATE TABLE IF NOT EXISTS client_minutes
(
  minute DateTime('UTC') COMMENT 'Start of the minute, UTC.' CODEC(Delta(4), ZSTD(1)),
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  client LowCardinality(String) COMMENT 'What the client calls itself, in lower case and without its version; empty when it did not say.',
  requests SimpleAggregateFunction(sum, UInt64) COMMENT 'All requests, refused ones included.' CODEC(T64, ZSTD(1)),
  served SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests that count as use: served, or disconnected by the client (499), or with a cost.' CODEC(T64, ZSTD(1)),
  spend_micros SimpleAggregateFunction(sum, UInt128) COMMENT 'Millionths of a US dollar.' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfFifteenMinutes(minute), key_id, observed_by, client, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Usage per key, client program and minute. Read with sum() and GROUP BY: rows are merged eventually.'
