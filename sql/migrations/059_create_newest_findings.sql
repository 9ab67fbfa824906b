CREATE TABLE IF NOT EXISTS newest_findings
(
  cause LowCardinality(String) COMMENT 'leak, rule, revoked_use and so on.',
  subject String COMMENT 'What the findings are about, where that is not just the key; else empty.' CODEC(ZSTD(1)),
  only_key String COMMENT 'The key where they are about it alone: of what is about several, it may change from one finding to the next.' CODEC(ZSTD(1)),
  last_tick SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'Tick of the newest of them.'
)
ENGINE = AggregatingMergeTree
ORDER BY (cause, subject, only_key)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 100000
COMMENT 'When each subject was last found at fault, of each cause: a row for each, however many findings there were.'
