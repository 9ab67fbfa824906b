-- What was a key used for between {from} and {to}, by route and by permission, and how much of it by {strangers}? The busiest first.
SELECT
  toString(level) AS level,
  value,
  toUnixTimestamp64Milli(min(ts)) AS first_ms,
  toUnixTimestamp64Milli(max(ts)) AS last_ms,
  sum(u.count) AS requests,
  sumIf(u.count, has({strangers:Array(IPv6)}, source_ip)) AS strange_requests,
  sum(u.spend_micros) AS spend_micros,
  toUnixTimestamp(any(first_seen_at)) AS first_seen_s
FROM
(
  SELECT arrayJoin([('route', route), ('scope', scope)]) AS used, tupleElement(used, 1) AS level, tupleElement(used, 2) AS value,
    ts, e.count, source_ip, e.spend_micros
  FROM request_events AS e
  WHERE key_id = {key:String}
    AND observed_by != 'provider'
    AND ts >= {from:DateTime64(3, 'UTC')}
    AND ts < {to:DateTime64(3, 'UTC')}
) AS u
LEFT JOIN
(
  SELECT toString(level) AS level, value, min(f.first_at) AS first_seen_at
  FROM first_seen AS f
  WHERE key_id = {key:String} AND level IN ('route', 'scope') AND observed_by != 'provider'
  GROUP BY level, value
) AS seen USING (level, value)
WHERE value != ''
GROUP BY level, value
ORDER BY level, requests DESC, value
