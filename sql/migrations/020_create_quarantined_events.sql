CREATE TABLE IF NOT EXISTS quarantined_events
(
  quarantined_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was found to be unreadable.' CODEC(Delta(8), ZSTD(1)),
  block String COMMENT 'Id of the block in which it was queued.',
  row Int64 COMMENT 'Its position in the block, from 0; below 0 for a part of the block that does not parse into rows.',
  reason String COMMENT 'Error message of ClickHouse.' CODEC(ZSTD(1)),
  event String COMMENT 'The row as JSON, masked as it would have been stored; a piece as base64.' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toMonday(quarantined_at)
ORDER BY (quarantined_at, block, row)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'Accepted events that could not be written, set aside so that they do not block others.'
