-- How much was {keys} (the ids of one key) used in each minute, hour or day ({per}), as each observer saw it, after the one of {after_at} and {after_by}?
SELECT
  toUnixTimestamp(start) AS start_s,
  observed_by,
  toUInt64(sum(u.requests)) AS requests,
  toUInt64(sum(u.errors)) AS errors,
  toUInt64(sum(u.throttled)) AS throttled,
  toUInt64(sum(u.denied)) AS denied,
  -- One id alone may be at the most that an Int64 holds.
  toUInt64(least(sum(toUInt128(u.bytes)), 9223372036854775807)) AS bytes,
  toUInt64(least(sum(toUInt128(u.unit_millis)), 9223372036854775807)) AS unit_millis,
  toUInt64(least(sum(toUInt128(u.spend_micros)), 9223372036854775807)) AS spend_micros
FROM
(
  SELECT minute AS start, key_id, observed_by, requests, errors, throttled, denied, bytes, unit_millis, spend_micros
  FROM usage_per_minute
  WHERE {per:String} = 'minute' AND key_id IN {keys:Array(String)} AND minute >= toDateTime({since:UInt32}, 'UTC') AND minute < toDateTime({until:UInt32}, 'UTC') AND minute >= toDateTime({after_at:UInt32}, 'UTC')
  UNION ALL
  SELECT hour AS start, key_id, observed_by, requests, errors, throttled, denied, bytes, unit_millis, spend_micros
  FROM usage_per_hour
  WHERE {per:String} = 'hour' AND key_id IN {keys:Array(String)} AND hour >= toDateTime({since:UInt32}, 'UTC') AND hour < toDateTime({until:UInt32}, 'UTC') AND hour >= toDateTime({after_at:UInt32}, 'UTC')
  UNION ALL
  SELECT toDateTime(day, 'UTC') AS start, key_id, observed_by, requests, errors, throttled, denied, bytes, unit_millis, spend_micros
  FROM usage_per_day
  WHERE {per:String} = 'day' AND key_id IN {keys:Array(String)} AND toDateTime(day, 'UTC') >= toDateTime({since:UInt32}, 'UTC') AND toDateTime(day, 'UTC') < toDateTime({until:UInt32}, 'UTC') AND day >= toDate(toDateTime({after_at:UInt32}, 'UTC'))
) AS u
WHERE (start, toString(u.observed_by)) > (toDateTime({after_at:UInt32}, 'UTC'), {after_by:String})
GROUP BY start, observed_by
ORDER BY start, toString(observed_by)
LIMIT {most:UInt32}
