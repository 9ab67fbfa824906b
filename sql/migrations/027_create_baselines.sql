CREATE TABLE IF NOT EXISTS baselines
(
  day Date COMMENT 'The closed UTC day that was learned; checks of the next day use it.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  computed_at DateTime64(3, 'UTC') COMMENT 'When it was learned. A day that got late rows is learned again, as new rows.',
  version UInt16 COMMENT 'Version of the learning code.',
  born_at DateTime('UTC') COMMENT 'Minute of the key''s first request.',
  requests UInt64 COMMENT 'Requests of the day.',
  spend_micros UInt64 COMMENT 'Spend of the day in millionths of a US dollar.',
  novel_requests Array(UInt64) COMMENT 'Requests of the day per novelty level (8).',
  churn Array(Float64) COMMENT 'Usual share of novel requests per level (8): up to this share is normal for this key.',
  spend_per_request Float64 COMMENT 'Micro-dollars per request over the last six days.',
  slots Array(Int32) COMMENT 'Requests of the day''s 288 slots of five minutes; -1 where no source was reporting or the key was under suspicion.' CODEC(T64, ZSTD(1)),
  weekly Array(Float64) COMMENT 'Requests expected from the same hours of past weeks: 576 slots, the day itself and the next; empty when unknown.' CODEC(ZSTD(1)),
  daily Array(Float64) COMMENT 'Requests expected from the same hours of past days: 576 slots; empty when unknown.' CODEC(ZSTD(1)),
  flat Float64 COMMENT 'Requests per slot in the mean of the last seven days; -1 when unknown.',
  levels Array(Float64) COMMENT 'Log level correction of the three predictors weekly, daily, flat.',
  losses Array(Float64) COMMENT 'Running loss of the three predictors.',
  noise Array(Float64) COMMENT 'Variance of the log residual beyond counting noise: four windows of rate, four of spend.',
  noise_days Array(Float64) COMMENT 'Weight of the noise estimates in days (8).',
  daily_max_bins Array(UInt8) COMMENT 'Highest bin of the day per statistic: see src/model/finding/statistics.ts; empty when no source was reporting all day.' CODEC(ZSTD(1)),
  highest_score Float64 COMMENT 'Highest score of the day''s five-minute ticks; 0 when too low to matter.',
  suspect_until DateTime64(3, 'UTC') COMMENT 'Until when the key is under suspicion; the epoch when it is not.',
  held_days Array(Date) COMMENT 'Days in the look-back of novelty on which the score reached the notice threshold: networks do not age on them.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(day)
ORDER BY (day, key_id, observed_by, computed_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'What each key usually does: one snapshot per key and closed day, kept, so that a verdict can be computed again.'
