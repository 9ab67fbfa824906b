CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_from_routes TO first_seen AS
SELECT
  key_id,
  observed_by,
  'route' AS level,
  route AS value,
  min(minute) AS first_at,
  max(minute) AS last_at
FROM route_minutes
GROUP BY key_id, observed_by, value
