-- What did every key do in the 24 hours before {now}? The dearest first.
SELECT
  key_id,
  observed_by,
  sum(h.requests) AS requests,
  sum(h.spend_micros) AS spend_micros,
  sum(h.throttled) AS throttled
FROM usage_hours AS h
WHERE hour > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
  AND toDate(hour) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
  AND observed_by != 'provider'
GROUP BY key_id, observed_by
ORDER BY spend_micros DESC, requests DESC, key_id
LIMIT {most:UInt32}
