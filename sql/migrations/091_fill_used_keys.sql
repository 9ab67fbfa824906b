CREATE MATERIALIZED VIEW IF NOT EXISTS used_keys_fill TO used_keys AS
SELECT key_id, observed_by, min(f.first_at) AS first_at, max(f.last_at) AS last_at
FROM first_seen AS f
WHERE level = 'key'
GROUP BY key_id, observed_by
