-- What was used, a model or a line of the bill, is to a provider what a route is to a gateway.
CREATE MATERIALIZED VIEW IF NOT EXISTS route_minutes_fill_by_reports TO route_minutes AS
SELECT
  toDateTime(hour + 3540, 'UTC') AS minute,
  key_id,
  CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
  toLowCardinality('') AS method,
  item AS route,
  item AS scope,
  sum(r.added_requests) AS requests,
  sum(r.added_requests) AS served,
  toUInt64(0) AS errors,
  toUInt64(0) AS throttled,
  toUInt64(0) AS denied,
  toUInt128(0) AS bytes,
  sum(toUInt128(r.added_unit_millis)) AS unit_millis,
  sum(toUInt128(r.added_spend_micros)) AS spend_micros
FROM provider_reports AS r
WHERE (r.added_requests > 0 OR r.added_unit_millis > 0 OR r.added_spend_micros > 0)
GROUP BY minute, key_id, item
