-- Rows of one minute stay apart, as those of a roll-up that is not merged yet do.
CREATE VIEW IF NOT EXISTS usage_minutes_as_of AS
SELECT
  toStartOfMinute(ts) AS minute,
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
GROUP BY minute, key_id, observed_by
UNION ALL
SELECT
  toDateTime(r.hour + 3540, 'UTC') AS minute,
  key_id,
  CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
  sum(r.added_requests) AS requests,
  sum(r.added_requests) AS served,
  toUInt64(0) AS errors,
  toUInt64(0) AS throttled,
  toUInt64(0) AS denied,
  toUInt128(0) AS bytes,
  sum(toUInt128(r.added_unit_millis)) AS unit_millis,
  sum(toUInt128(r.added_spend_micros)) AS spend_micros
FROM provider_reports AS r
WHERE reported_at <= {as_of:DateTime64(3, 'UTC')} AND (r.added_requests > 0 OR r.added_unit_millis > 0 OR r.added_spend_micros > 0)
GROUP BY minute, key_id
COMMENT 'What usage_minutes held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
