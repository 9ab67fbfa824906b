CREATE TABLE IF NOT EXISTS group_baselines
(
  day Date COMMENT 'The closed UTC day that was learned; checks of the next day use it.',
  kind Enum8('fleet' = 1, 'owner' = 2, 'service' = 3, 'provider' = 4) COMMENT 'What the keys of the group have in common.',
  name String COMMENT 'The label that they share; empty for the whole fleet.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  computed_at DateTime64(3, 'UTC') COMMENT 'When it was learned, together with the baselines of its keys.',
  noise Array(Float64) COMMENT 'Variance of the sums'' log residual beyond counting noise: four windows of rate, four of spend.',
  noise_days Array(Float64) COMMENT 'Weight of the noise estimates in days (8).',
  daily_max_bins Array(UInt8) COMMENT 'Highest bin of the day per statistic: see src/model/finding/statistics.ts; empty for a day that is not learned.' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(day)
ORDER BY (day, kind, name, observed_by, computed_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'How far groups of keys usually deviate from what is expected of their keys: one row per group and closed day.'
