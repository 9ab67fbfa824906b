CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_from_user_agents TO first_seen AS
SELECT
  key_id,
  observed_by,
  'user_agent' AS level,
  substringUTF8(lowerUTF8(extract(user_agent, '^[^/ ]+')), 1, 64) AS value,
  toStartOfMinute(min(ts)) AS first_at,
  toStartOfMinute(max(ts)) AS last_at
FROM requests
WHERE value != ''
GROUP BY key_id, observed_by, value
