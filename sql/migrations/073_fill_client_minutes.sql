CREATE MATERIALIZED VIEW IF NOT EXISTS client_minutes_fill TO client_minutes AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  observed_by,
  toLowCardinality(substringUTF8(lowerUTF8(extract(user_agent, '^[^/ ]+')), 1, 64)) AS client,
  sum(count) AS requests,
  sumIf(count, is_served) AS served,
  sum(toUInt128(e.spend_micros)) AS spend_micros
FROM requests AS e
GROUP BY minute, key_id, observed_by, client
