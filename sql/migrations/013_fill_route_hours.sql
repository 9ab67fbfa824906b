CREATE MATERIALIZED VIEW IF NOT EXISTS route_hours_fill TO route_hours AS
SELECT
  toStartOfHour(minute) AS hour,
  key_id,
  observed_by,
  method,
  route,
  scope,
  sum(m.requests) AS requests,
  sum(m.served) AS served,
  sum(m.errors) AS errors,
  sum(m.throttled) AS throttled,
  sum(m.denied) AS denied,
  sum(m.bytes) AS bytes,
  sum(m.unit_millis) AS unit_millis,
  sum(m.spend_micros) AS spend_micros
FROM route_minutes AS m
GROUP BY hour, key_id, observed_by, method, route, scope
