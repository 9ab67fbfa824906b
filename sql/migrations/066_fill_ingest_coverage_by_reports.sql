CREATE MATERIALIZED VIEW IF NOT EXISTS ingest_coverage_fill_by_reports TO ingest_coverage AS
SELECT
  toDateTime(hour + 3540, 'UTC') AS minute,
  concat('provider/', provider) AS source,
  count() AS events,
  toUInt64(0) AS without_address,
  max(reported_at) AS last_ingested_at
FROM provider_reports
WHERE added_requests > 0 OR added_unit_millis > 0 OR added_spend_micros > 0
GROUP BY minute, source
