CREATE TABLE IF NOT EXISTS check_runs
(
  job LowCardinality(String) COMMENT 'What ran.',
  tick DateTime('UTC') COMMENT 'The end of the judged minute or of the learned day.',
  as_of DateTime64(3, 'UTC') COMMENT 'Visible rows: those with ingested_at <= as_of.',
  reason LowCardinality(String) COMMENT 'live, late (rows came after the first check), history (asked for by hand), or learn.',
  outcome LowCardinality(String) COMMENT 'evaluated, not_evaluated, or in_part: without the keys of ClickHouse servers that did not answer.',
  detail String COMMENT 'Why it was not evaluated, or empty.',
  events UInt64 COMMENT 'Event rows of the learned day, or of the judged minute, at that time.',
  version UInt16 COMMENT 'Version of the learning code; 0 for checks.',
  keys UInt32 COMMENT 'Keys judged.',
  findings UInt32 COMMENT 'Findings written.',
  baseline_day Nullable(Date) COMMENT 'Day of the newest baselines used; NULL when there were none.',
  duration_ms UInt32 COMMENT 'How long the span took that this tick was part of.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(tick)
ORDER BY (job, tick, as_of)
SETTINGS index_granularity = 512, non_replicated_deduplication_window = 100000
COMMENT 'Every evaluation. The newest live tick is the cursor: it is written after findings and incidents.'
