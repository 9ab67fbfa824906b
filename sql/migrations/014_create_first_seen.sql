CREATE TABLE IF NOT EXISTS first_seen
(
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  level Enum8('key' = 0, 'ip' = 1, 'net24' = 2, 'net16' = 3, 'asn' = 4, 'route' = 5, 'scope' = 6, 'user_agent' = 7) COMMENT 'What kind of value was seen.',
  value String COMMENT 'The value as text; empty for the key itself.' CODEC(ZSTD(1)),
  first_at SimpleAggregateFunction(min, DateTime('UTC')) COMMENT 'Minute of the first request with this value that was served (requests.is_served); a day before its arrival at most, unless it was imported as history.',
  last_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'Minute of the last request with this value that was served.',
  INDEX by_first_at first_at TYPE minmax
)
ENGINE = AggregatingMergeTree
ORDER BY (key_id, observed_by, level, value)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'When a key was first and last served with an address, a route and so on: refused requests are in no row. Networks are derived from addresses when read.'
