CREATE TABLE IF NOT EXISTS recorded_events
(
  hour DateTime('UTC') COMMENT 'The hour in which events were acknowledged with 202.',
  source LowCardinality(String) COMMENT 'Name of the ingest token.',
  process String COMMENT 'Which run of serve acknowledged them.',
  events SimpleAggregateFunction(sum, UInt64) COMMENT 'How many of them are in requests or in quarantined_events.'
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(hour)
ORDER BY (hour, source, process)
TTL hour + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'What became of accepted_events, counted block by block after the rows were written. What is missing here for long was lost.'
