-- For every key whose provider reports usage: how many served requests did the provider, our callers and our gateway count in each of the 29 spans
-- of a day that end with the last whole hour that the provider had reported before {tick}? With {keys}: only these.
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
  toUInt16((toUnixTimestamp(horizon) - 1 - toUnixTimestamp(u.hour)) DIV 86400) AS days_ago,
  sumIf(u.served, observed_by = 'provider') AS provider_requests,
  sumIf(u.spend_micros, observed_by = 'provider') AS provider_spend,
  sumIf(u.served, observed_by = 'caller') AS caller_requests,
  sumIf(u.served, observed_by = 'gateway') AS gateway_requests
FROM usage_hours AS u
INNER JOIN horizons USING (key_id)
WHERE toDate(u.hour) >= toDate({tick:DateTime('UTC')} - 32 * 86400)
  AND key_id IN (SELECT key_id FROM horizons)
  AND u.hour < horizon
  AND u.hour >= horizon - 29 * 86400
GROUP BY key_id, horizon, days_ago
ORDER BY key_id, days_ago
