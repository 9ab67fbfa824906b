-- How many requests had the busiest minute of each of {keys} in the 24 hours before {now}?
SELECT key_id, observed_by, max(requests_of_minute) AS busiest_minute
FROM
(
  SELECT key_id, observed_by, minute, sum(m.requests) AS requests_of_minute
  FROM usage_minutes AS m
  WHERE minute > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
    AND minute <= {now:DateTime64(3, 'UTC')}
    AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
    AND toDate(minute) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
    AND key_id IN {keys:Array(String)}
    AND observed_by != 'provider'
  GROUP BY key_id, observed_by, minute
)
GROUP BY key_id, observed_by
