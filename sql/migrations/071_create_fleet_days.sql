CREATE TABLE IF NOT EXISTS fleet_days
(
  day Date COMMENT 'The closed UTC day that was learned; checks of the next day use it.',
  computed_at DateTime64(3, 'UTC') COMMENT 'When it was learned, together with the baselines of its keys.',
  watched_keys UInt32 COMMENT 'Keys with traffic in the 30 days that end with the day: the thresholds of the next day spread the stated budget over them.',
  learned_days UInt16 COMMENT 'How many of the 30 days that end with the day are learned: scores rise with the past that keys are compared with.',
  tail_key_days UInt64 COMMENT 'Days of keys that were used, in the 28 days that end with the day: from 2,000 on, and 28 days, the fleet says itself how rare its scores are.',
  tail_until Float64 COMMENT 'Page threshold of the day: what scored higher is known only as far as people judged it.',
  tail_below UInt64 COMMENT 'How often a key scored as high as one in a hundred key-days does in a usual fleet, and stayed below the page threshold; days on end count once, and what was judged a leak not at all.',
  tail_excess Float64 COMMENT 'By how much these passed that score, added up.',
  tail_benign_pages UInt64 COMMENT 'How often a key passed the page threshold, and a person called it benign.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(day)
ORDER BY (day, computed_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'The whole fleet at the end of each closed day: kept, so that the thresholds of a verdict can be computed again.'
