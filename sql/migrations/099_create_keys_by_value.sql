-- Sorted by value, where first_seen is sorted by key: which keys were served from an autonomous system, or with a scope, is asked of all keys, and each part of first_seen has some.
CREATE TABLE IF NOT EXISTS keys_by_value
(
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  level Enum8('key' = 0, 'ip' = 1, 'net24' = 2, 'net16' = 3, 'asn' = 4, 'route' = 5, 'scope' = 6, 'user_agent' = 7) COMMENT 'What kind of value was seen: asn or scope.',
  value String COMMENT 'The value as text.' CODEC(ZSTD(1)),
  first_at SimpleAggregateFunction(min, DateTime('UTC')) COMMENT 'Minute of the first request with this value that was served, as in first_seen.',
  last_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'Minute of the last request with this value that was served.'
)
ENGINE = AggregatingMergeTree
ORDER BY (level, value, key_id, observed_by)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'Which keys were served from an autonomous system or with a scope: those rows of first_seen, by value. Read with min(), max() and GROUP BY: rows are merged eventually.'
