-- How much did these keys use in each minute from {from} to {until}, and how much of it was served? Minutes are counted from {from}.
SELECT
  key_id,
  observed_by,
  groupArray(offset) AS minutes,
  groupArray(minute_requests) AS requests,
  groupArray(minute_served) AS served,
  groupArray(minute_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 60) AS offset,
    sum(u.requests) AS minute_requests,
    sum(u.served) AS minute_served,
    sum(u.spend_micros) AS minute_spend
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= {from:DateTime('UTC')}
    AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
  GROUP BY key_id, observed_by, offset
  ORDER BY key_id, observed_by, offset
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
