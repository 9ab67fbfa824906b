-- Few requests are: to find what was refused in a day takes no look at what was served.
CREATE TABLE IF NOT EXISTS refused_minutes
(
  minute DateTime('UTC') COMMENT 'Start of the minute, UTC.' CODEC(Delta(4), ZSTD(1)),
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  route LowCardinality(String) COMMENT 'Route template.',
  source_ip IPv6 COMMENT 'The client''s address; :: when there was none.' CODEC(ZSTD(1)),
  requests SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests refused with 401 or 403.' CODEC(T64, ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfFifteenMinutes(minute), key_id, observed_by, route, source_ip, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'What a key may not do and was refused, per route, source and minute. Read with sum() and GROUP BY: rows are merged eventually.'
