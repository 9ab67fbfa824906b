CREATE VIEW IF NOT EXISTS source_minutes_as_of AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  observed_by,
  source_ip,
  asn,
  network_type,
  sum(count) AS requests,
  sumIf(count, is_served) AS served,
  sumIf(count, status >= 400) AS errors,
  sumIf(count, status = 429) AS throttled,
  sumIf(count, status IN (401, 403)) AS denied,
  sum(toUInt128(e.bytes)) AS bytes,
  sum(toUInt128(e.unit_millis)) AS unit_millis,
  sum(toUInt128(e.spend_micros)) AS spend_micros
FROM requests AS e
WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY minute, key_id, observed_by, source_ip, asn, network_type
COMMENT 'What source_minutes held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
