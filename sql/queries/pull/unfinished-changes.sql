-- Which changes were written since the last complete pull of a report? Whoever made them died before they were known to be in every table.
SELECT
  toUnixTimestamp(hour) AS hour_s,
  key_id,
  item,
  revision,
  requests,
  unit_millis,
  spend_micros,
  added_requests,
  added_unit_millis,
  added_spend_micros,
  toUnixTimestamp64Milli(reported_at) AS reported_ms
FROM provider_reports
WHERE provider = {provider:String}
  AND report = {report:String}
  AND reported_at >
  (
    SELECT max(pulled_at)
    FROM provider_pulls
    WHERE provider = {provider:String} AND report = {report:String}
  )
ORDER BY hour, key_id, item, revision
