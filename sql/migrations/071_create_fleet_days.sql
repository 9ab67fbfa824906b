CREATE TABLE IF NOT EXISTS fleet_days
(
  day Date COMMENT 'The closed UTC day that was learned; checks of the next day use it.',
  computed_at DateTime64(3, 'UTC') COMMENT 'When it was learned, together with the baselines of its keys.',
  watched_keys UInt32 COMMENT 'Keys with traffic in the 30 days that end with the day: the thresholds of the next day spread the stated budget over them.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(day)
ORDER BY (day, computed_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'The whole fleet at the end of each closed day: kept, so that the thresholds of a verdict can be computed again.'
