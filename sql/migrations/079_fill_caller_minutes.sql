CREATE MATERIALIZED VIEW IF NOT EXISTS caller_minutes_fill TO caller_minutes AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  ingest_source AS caller,
  sumIf(count, is_served) AS served
FROM requests
WHERE observed_by = 'caller'
GROUP BY minute, key_id, caller
