CREATE MATERIALIZED VIEW IF NOT EXISTS usage_hours_fill TO usage_hours AS
SELECT
  toStartOfHour(minute) AS hour,
  key_id,
  observed_by,
  sum(m.requests) AS requests,
  sum(m.served) AS served,
  sum(m.errors) AS errors,
  sum(m.throttled) AS throttled,
  sum(m.denied) AS denied,
  sum(m.bytes) AS bytes,
  sum(m.unit_millis) AS unit_millis,
  sum(m.spend_micros) AS spend_micros
FROM usage_minutes AS m
GROUP BY hour, key_id, observed_by
