CREATE TABLE IF NOT EXISTS page_transitions
(
  page_id String COMMENT 'One event for PagerDuty: incident, sequence and action.',
  state Enum8('pending' = 1, 'retrying' = 2, 'sent' = 3, 'failed' = 4, 'dropped' = 5) COMMENT 'Delivery state; dropped: not sent, because another page covers it.',
  at DateTime64(3, 'UTC') COMMENT 'When.',
  topic Enum8('incident' = 0, 'plimsoll' = 1, 'digest' = 2, 'late' = 3, 'change' = 4) DEFAULT 'incident' COMMENT 'What it is about: an incident of keys, or of Plimsoll itself; many incidents at once; incidents that were over before they could be notified; changed keys.',
  is_minimal Bool DEFAULT false COMMENT 'Whether it stands in for a page that PagerDuty refused.',
  incident_id String COMMENT 'The incident it is about.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  action LowCardinality(String) COMMENT 'trigger, acknowledge or resolve; or change, a change event about changed keys, which opens nothing.',
  dedup_key String COMMENT 'The dedup key by which PagerDuty recognises repeats.',
  severity LowCardinality(String) COMMENT 'critical, error, warning or info.',
  body String COMMENT 'The event without its routing key, as JSON.' CODEC(ZSTD(3)),
  response_status UInt16 COMMENT 'HTTP status of the answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted, or empty.',
  reported_in String DEFAULT '' COMMENT 'The digest or notice that lists it, where it was dropped for that; else empty.',
  step UInt32 DEFAULT 0 COMMENT 'Step in the life of its incident: pages of an incident are sent in this order.',
  place UInt32 DEFAULT 0 COMMENT 'Position among the pages of that step.',
  routing_ref String DEFAULT '' COMMENT 'Which integration it goes to: the key''s routing_key_ref; empty for the default.',
  not_before DateTime64(3, 'UTC') DEFAULT toDateTime64(0, 3, 'UTC') COMMENT 'When it may be tried again.',
  INDEX by_dedup_key dedup_key TYPE bloom_filter(0.001) GRANULARITY 4,
  PROJECTION by_instant (SELECT at, incident_id, page_id, action, state, routing_ref, reported_in ORDER BY at),
  PROJECTION by_state (SELECT action, state, count() GROUP BY action, state)
)
ENGINE = MergeTree
ORDER BY (incident_id, page_id, state, at)
SETTINGS index_granularity = 32, non_replicated_deduplication_window = 100000
COMMENT 'The outbox: every page is written here before it is sent, and its answers after.'
