CREATE VIEW IF NOT EXISTS usage_hours_as_of AS
SELECT
  toStartOfHour(ts) AS hour,
  key_id,
  observed_by,
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
GROUP BY hour, key_id, observed_by
COMMENT 'What usage_hours held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
