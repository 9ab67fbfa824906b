CREATE MATERIALIZED VIEW IF NOT EXISTS route_minutes_fill TO route_minutes AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  observed_by,
  method,
  route,
  scope,
  sum(count) AS requests,
  sumIf(count, is_served) AS served,
  sumIf(count, status >= 400) AS errors,
  sumIf(count, status = 429) AS throttled,
  sumIf(count, status IN (401, 403)) AS denied,
  sum(toUInt128(e.bytes)) AS bytes,
  sum(toUInt128(e.unit_millis)) AS unit_millis,
  sum(toUInt128(e.spend_micros)) AS spend_micros
FROM requests AS e
GROUP BY minute, key_id, observed_by, method, route, scope
