-- Without it a provider that never answered would be no source that could fall silent. Forgetting it does no harm: the next try writes it again.
CREATE TABLE IF NOT EXISTS pull_problems
(
  provider LowCardinality(String) COMMENT 'Who reports.',
  report LowCardinality(String) COMMENT 'Which of the provider''s reports.',
  at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it could not be read.',
  problem String COMMENT 'Why, without a credential.' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toMonday(at)
ORDER BY (provider, report, at)
TTL toDateTime(at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'Every try to read a provider''s report that failed, for thirty days.'
