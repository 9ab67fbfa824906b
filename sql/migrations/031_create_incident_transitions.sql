CREATE TABLE IF NOT EXISTS incident_transitions
(
  incident_id String COMMENT 'The incident.',
  sequence UInt32 COMMENT 'Position in the timeline of the incident, from 1.',
  at DateTime64(3, 'UTC') COMMENT 'The instant of the transition.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  cause LowCardinality(String) COMMENT 'leak, rule, revoked_use and so on.',
  subject String DEFAULT '' COMMENT 'What the incident is about, where that is not just the key; else empty.',
  kind LowCardinality(String) COMMENT 'opened, updated, escalated, containment, resolved and so on.',
  reason LowCardinality(String) COMMENT 'Why, as a named reason.',
  severity LowCardinality(String) COMMENT 'Severity from here on.',
  finding_id String COMMENT 'The finding behind it, or empty.',
  details String COMMENT 'What the page needs, as JSON.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.',
  pages String DEFAULT '' COMMENT 'The PagerDuty events of the transition, as a JSON array: stored with it in one row, so that none is lost.' CODEC(ZSTD(3)),
  page_ids Array(String) MATERIALIZED arrayMap(page -> page.1, JSONExtract(pages, 'Array(Tuple(pageId String))')) COMMENT 'The ids of these.' CODEC(ZSTD(1)),
  person_url String MATERIALIZED JSONExtractString(details, 'person', 'url') COMMENT 'Address of the incident in PagerDuty, where the step tells it.' CODEC(ZSTD(1)),
  verdict LowCardinality(String) MATERIALIZED JSONExtractString(details, 'person', 'verdict') COMMENT 'Verdict that a person recorded, leak or benign; else empty.',
  INDEX by_person_url person_url TYPE bloom_filter(0.001) GRANULARITY 4,
  PROJECTION by_instant (SELECT at, incident_id ORDER BY at),
  PROJECTION by_key (SELECT key_id, at, incident_id ORDER BY (key_id, at)),
  PROJECTION by_verdict (SELECT verdict, at, incident_id ORDER BY (verdict, at)),
  PROJECTION by_record (SELECT recorded_at, incident_id, sequence, page_ids ORDER BY recorded_at)
)
ENGINE = MergeTree
ORDER BY (incident_id, sequence, recorded_at)
SETTINGS index_granularity = 32, non_replicated_deduplication_window = 100000
COMMENT 'Transitions of incidents, append-only; the state of an incident is the fold of its rows.'
