-- What clients do is asked of all keys over many days, where client_minutes has a row for each minute. Sorted as it is asked: by day, then by key.
CREATE TABLE IF NOT EXISTS client_days
(
  day Date COMMENT 'UTC day.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  client LowCardinality(String) COMMENT 'What the client calls itself, in lower case and without its version; empty when it did not say.',
  requests SimpleAggregateFunction(sum, UInt64) COMMENT 'All requests, refused ones included.' CODEC(T64, ZSTD(1)),
  served SimpleAggregateFunction(sum, UInt64) COMMENT 'Requests that count as use: served, or disconnected by the client (499), or with a cost.' CODEC(T64, ZSTD(1)),
  spend_micros SimpleAggregateFunction(sum, UInt128) COMMENT 'Millionths of a US dollar.' CODEC(ZSTD(1)),
  first_at SimpleAggregateFunction(min, DateTime('UTC')) COMMENT 'First minute of the day with a request.',
  last_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'Last minute of the day with a request.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(day)
ORDER BY (day, key_id, observed_by, client)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'Usage per key, client program and day, summed from client_minutes, as long as these are kept. Days before this table was made are not in it, or in part: what has other sums than client_minutes is read there. Read with sum() and GROUP BY.'
