CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_from_sources TO first_seen AS
SELECT
  key_id,
  observed_by,
  level,
  if(level = 'ip', toString(source_ip), '') AS value,
  min(minute) AS first_at,
  max(minute) AS last_at
FROM source_minutes
ARRAY JOIN CAST(['key', 'ip'], 'Array(Enum8(\'key\' = 0, \'ip\' = 1))') AS level
GROUP BY key_id, observed_by, level, value
