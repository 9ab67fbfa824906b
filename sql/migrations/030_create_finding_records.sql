CREATE TABLE IF NOT EXISTS finding_records
(
  finding_id String COMMENT 'Made from key, cause and tick: a repeated check makes the same id.',
  tick DateTime('UTC') COMMENT 'The end of the judged span: only events with ts < tick count.',
  as_of DateTime64(3, 'UTC') COMMENT 'Only rows with ingested_at <= as_of were seen.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  cause LowCardinality(String) COMMENT 'leak, rule, revoked_use and so on.',
  subject String DEFAULT '' COMMENT 'What it is about, where that is not just the key, such as network/203.0.113.0%2F24; else empty.',
  severity LowCardinality(String) COMMENT 'critical and error wake a human, warning and info do not.',
  score Float64 COMMENT 'Surprise, in the units of detection thresholds.',
  onset DateTime('UTC') COMMENT 'Onset: when it began, found as a change-point.',
  summary String COMMENT 'One sentence for people, made of the headline.',
  headline String COMMENT 'The parts of that sentence, as JSON: the key as it was named, what was found, and the same in brief.',
  signals String COMMENT 'Contributing signals, as a JSON array of name, score and summary.',
  statistics String COMMENT 'Everything the score was computed from, as JSON.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.',
  PROJECTION by_record (SELECT recorded_at, finding_id, as_of, key_id, tick, cause, severity ORDER BY recorded_at)
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(tick)
ORDER BY (key_id, tick, finding_id)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 100000
COMMENT 'What checks found, with the statistics that reproduce the verdict.'
