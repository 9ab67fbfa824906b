CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_from_sources TO first_seen AS
SELECT
  key_id,
  observed_by,
  tupleElement(seen, 1) AS level,
  tupleElement(seen, 2) AS value,
  min(minute) AS first_at,
  max(minute) AS last_at
FROM source_minutes
ARRAY JOIN [('key', ''), ('ip', toString(source_ip)), ('asn', toString(asn))] AS seen
GROUP BY key_id, observed_by, level, value
