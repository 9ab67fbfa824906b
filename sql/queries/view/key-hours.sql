-- How much was {keys} (the ids of one key) used in each hour from {from} to {to}, as each observer saw it? Hours are counted from {from}.
SELECT
  observed_by,
  groupArray(offset) AS at,
  groupArray(hour_requests) AS requests,
  groupArray(hour_spend) AS spend_micros
FROM
(
  SELECT
    observed_by,
    toUInt32((toUnixTimestamp(hour) - toUnixTimestamp({from:DateTime('UTC')})) DIV 3600) AS offset,
    sum(h.requests) AS hour_requests,
    sum(h.spend_micros) AS hour_spend
  FROM usage_hours AS h
  WHERE toDate(hour) >= toDate({from:DateTime('UTC')})
    AND toDate(hour) <= toDate({to:DateTime('UTC')})
    AND hour >= {from:DateTime('UTC')}
    AND hour < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND observed_by != 'provider'
  GROUP BY observed_by, offset
  ORDER BY observed_by, offset
)
GROUP BY observed_by
ORDER BY sum(hour_requests) DESC, observed_by
