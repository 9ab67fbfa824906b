CREATE TABLE IF NOT EXISTS copy_transitions
(
  incident_id String COMMENT 'The incident that the page is about.',
  page_id String COMMENT 'The page of the outbox that is copied.',
  destination LowCardinality(String) COMMENT 'Name of the destination in PLIMSOLL_DESTINATIONS; its address and secret are in no table.',
  state Enum8('pending' = 1, 'retrying' = 2, 'sent' = 3, 'failed' = 4, 'dropped' = 5) COMMENT 'Delivery state of this copy; dropped: not sent, because the destination was removed.',
  at DateTime64(3, 'UTC') COMMENT 'When.',
  topic LowCardinality(String) COMMENT 'Topic of the page.',
  action LowCardinality(String) COMMENT 'Action of the page.',
  step UInt32 COMMENT 'Step in the life of its incident: copies of an incident are sent to a destination in this order.',
  place UInt32 COMMENT 'Position among the pages of that step.',
  response_status UInt16 COMMENT 'HTTP status of the answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted, or empty.',
  not_before DateTime64(3, 'UTC') DEFAULT toDateTime64(0, 3, 'UTC') COMMENT 'When it may be tried again.',
  PROJECTION by_instant (SELECT at, incident_id, page_id, destination, state ORDER BY at),
  PROJECTION by_state (SELECT destination, state, count() GROUP BY destination, state)
)
ENGINE = MergeTree
ORDER BY (incident_id, page_id, destination, state, at)
SETTINGS index_granularity = 32, non_replicated_deduplication_window = 100000
COMMENT 'The outbox of each destination beside PagerDuty: every copy of a page is written here before it is sent, and its answers after. What it says is in page_transitions.'
