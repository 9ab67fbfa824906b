CREATE VIEW IF NOT EXISTS findings
(
  finding_id String COMMENT 'Made from cause, key and tick.',
  tick DateTime('UTC') COMMENT 'The end of the judged span: only events with ts < tick count.',
  as_of DateTime64(3, 'UTC') COMMENT 'Only rows with ingested_at <= as_of were seen.',
  key_id String COMMENT 'The key; of several, the highest-scoring key.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests.',
  cause String COMMENT 'leak, rule, revoked_use and so on.',
  subject String COMMENT 'What it is about, where that is not just the key: a network, a group of keys, a source; else empty.',
  severity String COMMENT 'critical and error wake a human, warning and info do not.',
  score Float64 COMMENT 'Surprise, in the units of detection thresholds.',
  onset DateTime('UTC') COMMENT 'Onset: when it began, found as a change-point.',
  summary String COMMENT 'One sentence for people.',
  signals String COMMENT 'Contributing signals, as JSON.',
  statistics String COMMENT 'Everything the score was computed from, as JSON.',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the row was written.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT finding_id, tick, as_of, key_id, observed_by, cause, subject, severity, score, onset, summary, signals, statistics, recorded_at
FROM finding_records
COMMENT 'What checks found, with the statistics that reproduce the verdict.'
