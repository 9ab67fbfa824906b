CREATE TABLE IF NOT EXISTS open_incidents
(
  incident_id String COMMENT 'The incident.' CODEC(ZSTD(1)),
  sequence UInt32 COMMENT 'Position of the step that opens it, or opens it again.',
  entries Int32 COMMENT '1, written before the step is; as much less once the incident is over. Rows that come to nothing are gone with their next merge.'
)
ENGINE = SummingMergeTree(entries)
ORDER BY (incident_id, sequence)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000
COMMENT 'Where incidents are looked for that may be open: no more than these and those of the last days are read. What an incident is, incident_transitions alone says.'
