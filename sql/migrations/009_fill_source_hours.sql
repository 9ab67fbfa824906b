CREATE MATERIALIZED VIEW IF NOT EXISTS source_hours_fill TO source_hours AS
SELECT
  toStartOfHour(minute) AS hour,
  key_id,
  observed_by,
  source_ip,
  asn,
  network_type,
  sum(m.requests) AS requests,
  sum(m.served) AS served,
  sum(m.errors) AS errors,
  sum(m.throttled) AS throttled,
  sum(m.denied) AS denied,
  sum(m.bytes) AS bytes,
  sum(m.unit_millis) AS unit_millis,
  sum(m.spend_micros) AS spend_micros
FROM source_minutes AS m
GROUP BY hour, key_id, observed_by, source_ip, asn, network_type
