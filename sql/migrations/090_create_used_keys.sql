-- A row for each key, where first_seen has one for each address, route and client of it, among which those of the keys themselves are looked for in vain.
CREATE TABLE IF NOT EXISTS used_keys
(
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  first_at SimpleAggregateFunction(min, DateTime('UTC')) COMMENT 'Minute of the first request that was served, as in first_seen.',
  last_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'Minute of the last request that was served.'
)
ENGINE = AggregatingMergeTree
ORDER BY (key_id, observed_by)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'When each key was first and last served: the rows of first_seen that are about keys themselves. Read with min(), max() and GROUP BY: rows are merged eventually.'
