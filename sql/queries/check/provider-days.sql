-- For every key whose provider reports usage: how many served requests did the provider, our callers and our gateway count in each of the 29 spans
-- of a day that end with the last whole hour that the provider had reported before {tick}? With {keys}: only these. Roll-ups hold the most that a provider
-- ever reported of an hour: what it took back since is not counted.
WITH horizons AS
(
  SELECT key_id, max(u.hour) + 3600 AS horizon
  FROM usage_hours AS u
  WHERE toDate(hour) >= toDate({tick:DateTime('UTC')} - 259200)
    AND hour >= {tick:DateTime('UTC')} - 259200
    AND hour + 3600 <= {tick:DateTime('UTC')}
    AND observed_by = 'provider'
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id
)
SELECT
  key_id,
  toUnixTimestamp(horizon) AS horizon_s,
  toUInt16((toUnixTimestamp(horizon) - 1 - toUnixTimestamp(c.hour)) DIV 86400) AS days_ago,
  toFloat64(sumIf(c.served, observer = 'provider')) AS provider_requests,
  toFloat64(sumIf(c.spend, observer = 'provider')) AS provider_spend,
  toFloat64(sumIf(c.served, observer = 'caller')) AS caller_requests,
  toFloat64(sumIf(c.served, observer = 'gateway')) AS gateway_requests
FROM
(
  SELECT key_id, hour, toString(observed_by) AS observer, toInt128(u.served) AS served, toInt128(u.spend_micros) AS spend
  FROM usage_hours AS u
  WHERE toDate(u.hour) >= toDate({tick:DateTime('UTC')} - 32 * 86400)
    AND key_id IN (SELECT key_id FROM horizons)
  UNION ALL
  SELECT key_id, hour, 'provider' AS observer, -toInt128(w.requests_taken_back) AS served, -toInt128(w.spend_micros_taken_back) AS spend
  FROM provider_usage AS w
  WHERE w.hour >= {tick:DateTime('UTC')} - 32 * 86400
    AND key_id IN (SELECT key_id FROM horizons)
) AS c
INNER JOIN horizons USING (key_id)
WHERE c.hour < horizon
  AND c.hour >= horizon - 29 * 86400
GROUP BY key_id, horizon, days_ago
ORDER BY key_id, days_ago
