-- As of any late row: a day before it arrived at most.
CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_fill_by_reports TO first_seen AS
SELECT
  key_id,
  CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
  'key' AS level,
  '' AS value,
  toStartOfMinute(min(greatest(toDateTime(hour + 3540, 'UTC'), toDateTime(reported_at - toIntervalDay(1), 'UTC')))) AS first_at,
  max(toDateTime(hour + 3540, 'UTC')) AS last_at
FROM provider_reports
WHERE added_requests > 0 OR added_unit_millis > 0 OR added_spend_micros > 0
GROUP BY key_id
