CREATE TABLE IF NOT EXISTS open_pages
(
  incident_id String COMMENT 'The incident that the page is about.' CODEC(ZSTD(1)),
  page_id String COMMENT 'The page.' CODEC(ZSTD(1)),
  entries Int32 COMMENT '1, written before the page is; as much less once it is over. Rows that come to nothing are gone with their next merge.'
)
ENGINE = SummingMergeTree(entries)
ORDER BY (incident_id, page_id)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000
COMMENT 'Where pages are looked for that may have to be sent, and digests that may have to be ended: no more than these are read. What a page is, page_transitions alone says.'
