-- A report has no addresses.
CREATE MATERIALIZED VIEW IF NOT EXISTS source_minutes_fill_by_reports TO source_minutes AS
SELECT
  toDateTime(hour + 3540, 'UTC') AS minute,
  key_id,
  CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
  toIPv6('::') AS source_ip,
  toUInt32(0) AS asn,
  CAST('unknown', 'Enum8(''unknown'' = 0, ''hosting'' = 1, ''isp'' = 2, ''cloud'' = 3, ''business'' = 4, ''vpn'' = 5, ''internal'' = 6)') AS network_type,
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
GROUP BY minute, key_id
