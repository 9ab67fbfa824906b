-- What did every key do in the 24 hours before {now}, and how many requests had its busiest minute of the last hour?
SELECT
  key_id,
  observed_by,
  sum(d.requests) AS requests,
  sum(d.spend_micros) AS spend_micros,
  sum(d.throttled) AS throttled,
  max(d.busiest) AS busiest_minute
FROM
(
  SELECT key_id, observed_by, sum(h.requests) AS requests, sum(h.spend_micros) AS spend_micros, sum(h.throttled) AS throttled, 0 AS busiest
  FROM usage_hours AS h
  WHERE hour > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR AND toDate(hour) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
  GROUP BY key_id, observed_by
  UNION ALL
  SELECT key_id, observed_by, 0, 0, 0, max(requests_of_minute)
  FROM
  (
    SELECT key_id, observed_by, minute, sum(m.requests) AS requests_of_minute
    FROM usage_minutes AS m
    WHERE minute > {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR
      AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR)
    GROUP BY key_id, observed_by, minute
  )
  GROUP BY key_id, observed_by
) AS d
WHERE observed_by != 'provider'
GROUP BY key_id, observed_by
ORDER BY spend_micros DESC, requests DESC, key_id
LIMIT {most:UInt32}
