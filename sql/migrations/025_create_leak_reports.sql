CREATE TABLE IF NOT EXISTS leak_reports
(
  report_id String COMMENT 'Made from key, place and day: a repeated report has the same id.',
  reported_at DateTime64(3, 'UTC') COMMENT 'When it was reported to Plimsoll.',
  public_since DateTime64(3, 'UTC') COMMENT 'Since when the key is taken to be public.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  state LowCardinality(String) COMMENT 'State of the key when it was reported: live, revoked, unregistered or unknown.',
  reporter LowCardinality(String) COMMENT 'github, or the name of the token that reported it.',
  kind LowCardinality(String) COMMENT 'Type that the reporter gave, or empty.',
  place String COMMENT 'Where it was found, without query string, or empty.' CODEC(ZSTD(1)),
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.'
)
ENGINE = MergeTree
ORDER BY (key_id, reported_at, report_id)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'Keys that were found in public. The raw key is in none of these columns.'
