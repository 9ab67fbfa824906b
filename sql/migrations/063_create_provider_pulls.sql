-- The cursor of each report is its newest row. Forgetting it does no harm: the puller starts anew and writes what changed since, which is nothing.
CREATE TABLE IF NOT EXISTS provider_pulls
(
  provider LowCardinality(String) COMMENT 'Who reports.',
  report LowCardinality(String) COMMENT 'Which of the provider''s reports.',
  pulled_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the pull was complete: every row that it made is in every table.',
  asked_at DateTime64(3, 'UTC') COMMENT 'When it was asked for: what is not worth asking for often waits from here.',
  read_from DateTime('UTC') COMMENT 'Start of the oldest bucket that was read.',
  read_until DateTime('UTC') COMMENT 'End of the newest bucket that was read: the next pull continues from here, and reads again what may be corrected before it.',
  rows UInt32 COMMENT 'How many hours of keys were new or corrected.'
)
ENGINE = MergeTree
PARTITION BY toMonday(pulled_at)
ORDER BY (provider, report, pulled_at)
TTL toDateTime(pulled_at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'Every complete pull of a provider''s report.'
