CREATE VIEW IF NOT EXISTS ingest_coverage_as_of AS
SELECT minute, source, sum(events) AS events, max(last_ingested_at) AS last_ingested_at
FROM
(
  SELECT toStartOfMinute(ts) AS minute, ingest_source AS source, count() AS events, max(ingested_at) AS last_ingested_at
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY minute, source
  UNION ALL
  SELECT c.minute AS minute, c.source AS source, 0 AS events, c.last_ingested_at AS last_ingested_at
  FROM ingest_coverage AS c
  WHERE c.last_ingested_at <= {as_of:DateTime64(3, 'UTC')}
)
GROUP BY minute, source
COMMENT 'What ingest_coverage held as of an instant: events from raw rows, heartbeats where nothing came after them.'
