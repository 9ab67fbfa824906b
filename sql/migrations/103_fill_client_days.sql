-- From what is summed up by the minute, so that no further view reads each event.
CREATE MATERIALIZED VIEW IF NOT EXISTS client_days_fill TO client_days AS
SELECT
  toDate(minute) AS day,
  key_id,
  observed_by,
  client,
  sum(m.requests) AS requests,
  sum(m.served) AS served,
  sum(m.spend_micros) AS spend_micros,
  min(minute) AS first_at,
  max(minute) AS last_at
FROM client_minutes AS m
GROUP BY day, key_id, observed_by, client
