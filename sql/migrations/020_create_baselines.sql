CREATE TABLE IF NOT EXISTS baselines
(
  day Date COMMENT 'The closed UTC day that was learned; checks of later days use it.',
  key_id String CODEC(ZSTD(1)) COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  computed_at DateTime64(3, 'UTC') COMMENT 'When it was learned. A day that got late rows is learned again, as a new row.',
  version UInt16 COMMENT 'Version of the learning code.',
  snapshot String CODEC(ZSTD(3)) COMMENT 'What the key usually does, as JSON: see src/model/baseline.ts.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(day)
ORDER BY (day, key_id, observed_by, computed_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'One snapshot per key and day, kept, so that a verdict can be computed again.'
