CREATE TABLE IF NOT EXISTS shard_places
(
  fleet String COMMENT 'The same on all shards of an installation, and on no other.',
  number UInt16 COMMENT 'Which shard this is, from 1.',
  shards UInt16 COMMENT 'How many there are.',
  since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became one.'
)
ENGINE = MergeTree
ORDER BY number
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Which shard of an installation this database is: one row, or none where one server has all.'
