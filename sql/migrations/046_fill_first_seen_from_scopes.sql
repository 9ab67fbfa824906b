CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_from_scopes TO first_seen AS
SELECT
  key_id,
  observed_by,
  'scope' AS level,
  scope AS value,
  min(minute) AS first_at,
  max(minute) AS last_at
FROM route_minutes
WHERE scope != ''
GROUP BY key_id, observed_by, value
