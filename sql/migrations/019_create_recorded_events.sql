CREATE TABLE IF NOT EXISTS recorded_events
(
  hour DateTime('UTC') COMMENT 'The hour in which events were acknowledged with 202.',
  source LowCardinality(String) COMMENT 'Name of the ingest token.',
  process String COMMENT 'The run of serve that acknowledged them.',
  events SimpleAggregateFunction(sum, UInt64) COMMENT 'How many of them are in requests or in quarantined_events.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(hour)
ORDER BY (hour, source, process)
TTL hour + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'How many of accepted_events were written, counted block by block afterwards. What stays missing here was lost.'
