-- What did a key use from {from} to {to}, in its busiest minute, and how many bytes had one of its requests in the week before?
WITH
  (
    SELECT (sum(u.requests), sum(u.bytes))
    FROM usage_hours AS u
    WHERE toDate(hour) >= toDate({from:DateTime('UTC')}) - 7
      AND hour >= {from:DateTime('UTC')} - toIntervalDay(7)
      AND hour < toStartOfHour({from:DateTime('UTC')})
      AND key_id IN {keys:Array(String)}
      AND observed_by = {observed_by:String}
  ) AS before
SELECT
  sum(minute_requests) AS requests,
  sum(minute_requests) - sum(minute_served) AS unserved,
  sum(minute_bytes) AS bytes,
  sum(minute_spend) AS spend_micros,
  max(minute_requests) AS most_a_minute,
  ifNull(before.1, 0) AS requests_before,
  ifNull(before.2, 0) AS bytes_before
FROM
(
  SELECT minute, sum(u.requests) AS minute_requests, sum(u.served) AS minute_served, sum(u.bytes) AS minute_bytes, sum(u.spend_micros) AS minute_spend
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')}
    AND minute < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
  GROUP BY minute
)
