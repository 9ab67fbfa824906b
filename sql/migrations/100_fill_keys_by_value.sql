CREATE MATERIALIZED VIEW IF NOT EXISTS keys_by_value_fill TO keys_by_value AS
SELECT key_id, observed_by, level, value, min(f.first_at) AS first_at, max(f.last_at) AS last_at
FROM first_seen AS f
WHERE level IN ('asn', 'scope')
GROUP BY key_id, observed_by, level, value
