CREATE TABLE IF NOT EXISTS open_containments
(
  incident_id String COMMENT 'The incident that the containment belongs to.' CODEC(ZSTD(1)),
  sequence UInt32 COMMENT 'The step that asks for it, or for its end.',
  entries Int32 COMMENT '1, written before the step is; as much less once the containment is over. Rows that come to nothing are gone with their next merge.'
)
ENGINE = SummingMergeTree(entries)
ORDER BY (incident_id, sequence)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000
COMMENT 'Where containments are looked for that may have to be sent, followed or undone: no more than these are read. What they are, incident_transitions alone says.'
