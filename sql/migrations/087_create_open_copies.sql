CREATE TABLE IF NOT EXISTS open_copies
(
  incident_id String COMMENT 'The incident that the page is about.' CODEC(ZSTD(1)),
  page_id String COMMENT 'The page.' CODEC(ZSTD(1)),
  destination LowCardinality(String) COMMENT 'Name of the destination that it is copied to.',
  entries Int32 COMMENT '1, written before the copy is; as much less once it is over. Rows that come to nothing are gone with their next merge.'
)
ENGINE = SummingMergeTree(entries)
ORDER BY (incident_id, page_id, destination)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000
COMMENT 'Where copies of pages are looked for that may have to be sent: no more than these are read. What became of a copy, copy_transitions alone says.'
