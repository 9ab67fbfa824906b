CREATE TABLE IF NOT EXISTS containment_calls
(
  call_id String COMMENT 'One call to what guards a key: incident, step and effect; the same on each try.',
  state Enum8('pending' = 1, 'retrying' = 2, 'dropped' = 3, 'failed' = 4, 'sent' = 5) COMMENT 'How far it got; dropped: not sent, because the containment was undone before.',
  at DateTime64(3, 'UTC') COMMENT 'When.',
  containment_id String COMMENT 'The containment that it begins or ends: its incident, and the step that asked for it.',
  incident_id String COMMENT 'The incident.',
  key_id String COMMENT 'Public identifier of the key.' CODEC(ZSTD(1)),
  guard LowCardinality(String) COMMENT 'Name of what guards the key in PLIMSOLL_GUARDS; its address and secret are in no table.',
  effect LowCardinality(String) COMMENT 'apply or undo.',
  action LowCardinality(String) COMMENT 'throttle, deny_networks or freeze.',
  networks Array(String) COMMENT 'Networks and addresses that are denied; empty for the other actions.' CODEC(ZSTD(1)),
  limit_per_minute Nullable(UInt64) COMMENT 'Requests per minute that are left, of throttle; NULL for the other actions.',
  until DateTime64(3, 'UTC') COMMENT 'When it is undone automatically.',
  response_status UInt16 COMMENT 'HTTP status of the answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted, or empty.',
  not_before DateTime64(3, 'UTC') DEFAULT toDateTime64(0, 3, 'UTC') COMMENT 'When it may be tried again.'
)
ENGINE = MergeTree
ORDER BY (incident_id, call_id, state, at)
SETTINGS index_granularity = 32, non_replicated_deduplication_window = 100000
COMMENT 'The outbox of containment: every call is written here before it is sent, and its answers after. What was asked for, and by whom, is a step of the incident.'
