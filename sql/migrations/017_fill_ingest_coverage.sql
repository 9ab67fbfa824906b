CREATE MATERIALIZED VIEW IF NOT EXISTS ingest_coverage_fill TO ingest_coverage AS
SELECT
  toStartOfMinute(ts) AS minute,
  ingest_source AS source,
  count() AS events,
  countIf(source_ip = '::' AND observed_by != 'provider') AS without_address,
  max(ingested_at) AS last_ingested_at
FROM requests
GROUP BY minute, source
