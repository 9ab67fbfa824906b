-- How much of every key's traffic was novel between {churn_from} and {churn_to}, and what did a request cost since {cost_from}?
-- The key's first two days founded it and do not count as churn; days that teach nothing have no daily maxima and do not count at all. With {keys}: only these.
SELECT
  key_id,
  observed_by,
  sumForEachIf(novel_requests, day BETWEEN {churn_from:Date} AND {churn_to:Date} AND day > toDate(born_at) + 2) AS novel_requests,
  sumIf(requests, day BETWEEN {churn_from:Date} AND {churn_to:Date} AND day > toDate(born_at) + 2) AS churn_requests,
  sumIf(requests, day >= {cost_from:Date}) AS cost_requests,
  sumIf(toUInt128(spend_micros), day >= {cost_from:Date}) AS cost_micros
FROM
(
  SELECT key_id, observed_by, day, born_at, novel_requests, requests, spend_micros, daily_max_bins
  FROM baselines
  WHERE day >= {churn_from:Date} AND day < {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  ORDER BY key_id, observed_by, day, computed_at DESC
  LIMIT 1 BY key_id, observed_by, day
)
WHERE notEmpty(daily_max_bins)
GROUP BY key_id, observed_by
