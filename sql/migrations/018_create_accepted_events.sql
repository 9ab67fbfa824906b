CREATE TABLE IF NOT EXISTS accepted_events
(
  hour DateTime('UTC') COMMENT 'The hour in which events were acknowledged with 202.',
  source LowCardinality(String) COMMENT 'Name of the ingest token.',
  process String COMMENT 'The run of serve that acknowledged them.',
  events UInt64 COMMENT 'Cumulative count of this run, source and hour; the largest number counts.',
  counted_at DateTime64(3, 'UTC') COMMENT 'When the last of them was committed, by the clock of Redis.'
)
ENGINE = ReplacingMergeTree(events)
PARTITION BY toMonday(hour)
ORDER BY (hour, source, process)
TTL hour + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Events that serve acknowledged. A run that was killed may have acknowledged a few more than are recorded here.'
