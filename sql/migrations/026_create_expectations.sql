CREATE TABLE IF NOT EXISTS expectations
(
  expectation_id String COMMENT 'Made from the incident and the time of recording.',
  revision UInt32 COMMENT 'From 1; each revision ends where the next begins.',
  action LowCardinality(String) COMMENT 'recorded, changed or withdrawn.',
  incident_id String COMMENT 'The incident on which it was recorded.',
  key_id String COMMENT 'The key; empty when it is not about a single key.' CODEC(ZSTD(1)),
  cause LowCardinality(String) COMMENT 'leak, rule, revoked_use and so on.',
  subject String COMMENT 'Subject of the findings that it is about: the key, URL-encoded, or a network or group.',
  networks Array(String) COMMENT 'Blocks as CIDR that the evidence may come from; empty where the evidence is not about networks.',
  from DateTime64(3, 'UTC') COMMENT 'First tick that it applies to.',
  until DateTime64(3, 'UTC') COMMENT 'When it ends; for a withdrawal the same as from.',
  actor String COMMENT 'Who recorded it.',
  note String COMMENT 'Why.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was recorded, by the clock of who did.',
  over_at DateTime64(3, 'UTC') MATERIALIZED greatest(`from`, until) COMMENT 'From when on it says nothing any more.',
  PROJECTION by_incident (SELECT incident_id, expectation_id ORDER BY incident_id),
  PROJECTION by_end (SELECT over_at, expectation_id ORDER BY over_at)
)
ENGINE = MergeTree
ORDER BY (expectation_id, revision)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000
COMMENT 'Suppressions that people recorded, revision by revision. Each is limited to a cause, networks and a time span and raises no threshold; hidden findings stay in findings.'
