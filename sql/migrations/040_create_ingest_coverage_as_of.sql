CREATE VIEW IF NOT EXISTS ingest_coverage_as_of AS
SELECT minute, source, max(c.events) AS events, max(c.last_ingested_at) AS last_ingested_at
FROM
(
  SELECT toStartOfMinute(ts) AS minute, ingest_source AS source, count() AS events, max(ingested_at) AS last_ingested_at
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY minute, source
  UNION ALL
  SELECT i.minute, i.source, toUInt64(0) AS events, i.last_ingested_at
  FROM ingest_coverage AS i
  WHERE i.last_ingested_at <= {as_of:DateTime64(3, 'UTC')}
  UNION ALL
  SELECT toDateTime(hour + 3540, 'UTC') AS minute, concat('provider/', provider) AS source, count() AS events, max(reported_at) AS last_ingested_at
  FROM provider_reports
  WHERE reported_at <= {as_of:DateTime64(3, 'UTC')} AND (added_requests > 0 OR added_unit_millis > 0 OR added_spend_micros > 0)
  GROUP BY minute, source
) AS c
GROUP BY minute, source
COMMENT 'Minutes in which each source was reporting, as of an instant: by raw rows, and by heartbeats that were not followed by later rows.'
