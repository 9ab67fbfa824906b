-- What did a key do hour by hour between {from} and {to}, and what of it came from {strangers}?
SELECT
  toUnixTimestamp(toStartOfHour(ts)) AS hour_s,
  sum(e.count) AS requests,
  sumIf(e.count, has({strangers:Array(IPv6)}, source_ip)) AS strange_requests,
  sum(e.spend_micros) AS spend_micros,
  sumIf(e.spend_micros, has({strangers:Array(IPv6)}, source_ip)) AS strange_spend_micros,
  sumIf(e.count, status >= 400) AS errors
FROM request_events AS e
WHERE key_id = {key:String}
  AND observed_by != 'provider'
  AND ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
GROUP BY hour_s
ORDER BY hour_s
