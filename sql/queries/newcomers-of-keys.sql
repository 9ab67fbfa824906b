-- Which traffic of these keys came from what they had not used until a week before, in each minute from 24 hours before {hour} to
-- {until}? One row per level and value, an address or a route; minutes are counted from the beginning of that span.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  level,
  value,
  -- An address may have changed its network in between: the same rows must give the same answer.
  max(a.asn) AS asn,
  argMax(toString(a.network_type), (a.asn, a.network_type)) AS network_type,
  toUnixTimestamp(min(seen_at)) AS seen_s,
  groupArray(toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 60)) AS minutes,
  groupArray(a.requests) AS requests,
  groupArray(a.spend_micros) AS spend_micros
FROM arrivals AS a
GROUP BY key_id, observed_by, level, value
ORDER BY key_id, observed_by, level, arraySum(requests) DESC, value
