-- A report that is corrected is a further row, never an edited one: what a check as of T could see stays computable. The last word on an hour is its row with the
-- highest revision. Usage and rates are sums, from which nothing can be taken back without wrapping around: they get what is new in the most that the provider
-- ever reported of an hour (added_*), and what was taken back since is the rest of that most above the last word.
-- Sorted as a puller reads it again: the days of one report.
CREATE TABLE IF NOT EXISTS provider_reports
(
  provider LowCardinality(String) COMMENT 'Who reports: openai, anthropic, ….',
  report LowCardinality(String) COMMENT 'Which of the provider''s reports.',
  hour DateTime('UTC') COMMENT 'Start of the hour, UTC; a day''s bucket is shared out over its hours.' CODEC(Delta(4), ZSTD(1)),
  key_id String COMMENT 'The provider''s identifier of the key.' CODEC(ZSTD(1)),
  item LowCardinality(String) COMMENT 'What was used: a model, a line of the bill.',
  revision UInt32 COMMENT 'Counts the changes of the report''s day (UTC), from 1.' CODEC(ZSTD(1)),
  requests UInt64 COMMENT 'Requests of the hour by this row.' CODEC(T64, ZSTD(1)),
  unit_millis UInt64 COMMENT 'Thousandths of what the provider bills, of the hour by this row.' CODEC(T64, ZSTD(1)),
  spend_micros UInt64 COMMENT 'Millionths of a US dollar, of the hour by this row.' CODEC(T64, ZSTD(1)),
  added_requests UInt64 COMMENT 'By how much requests exceed the most that any earlier row reported.' CODEC(T64, ZSTD(1)),
  added_unit_millis UInt64 COMMENT 'By how much unit_millis exceed the most that any earlier row reported.' CODEC(T64, ZSTD(1)),
  added_spend_micros UInt64 COMMENT 'By how much spend_micros exceed the most that any earlier row reported.' CODEC(T64, ZSTD(1)),
  reported_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written: what a check as of T could see.' CODEC(Delta(8), ZSTD(1)),
  INDEX by_reported_at reported_at TYPE minmax
)
ENGINE = MergeTree
PARTITION BY toMonday(hour)
ORDER BY (provider, report, hour, key_id, item, revision)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1
COMMENT 'What providers reported of keys, each change as a row. Kept as long as hours are.'
