-- How many requests did a key make in a minute, of the minutes from {from} to {to} in which it made any: in 99 of a hundred no more than p99? And how many
-- of them were served in the busiest minute?
SELECT toUInt64(ceil(ifNotFinite(quantileExact(0.99)(minute_requests), 0))) AS p99, count() AS minutes, toUInt64(max(minute_served)) AS most_served
FROM
(
  SELECT minute, sum(u.requests) AS minute_requests, sum(u.served) AS minute_served
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')}
    AND minute < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
  GROUP BY minute
)
