-- What did every key do from networks and on routes that were new to it, in slots of five minutes,
-- over the day that starts at {hour} and the day before it? seen_s lets the reader drop what stops being novel on the way.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  level,
  toUnixTimestamp(seen_at) AS seen_s,
  toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300) AS slot,
  sum(a.requests) AS requests,
  sum(a.spend_micros) AS spend_micros
FROM arrivals AS a
GROUP BY key_id, observed_by, level, seen_at, slot
ORDER BY key_id, observed_by, level, seen_at, slot
