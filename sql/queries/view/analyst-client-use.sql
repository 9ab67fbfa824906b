-- Which keys did clients with {client} in their user agent use between {from} and {to}, as each observer saw it? For analysts: over raw events, whose days may have expired.
SELECT
  key_id,
  toString(observed_by) AS observed_by,
  user_agent,
  min(ts) AS first_at,
  max(ts) AS last_at,
  sum(e.count) AS requests,
  sum(toUInt128(e.spend_micros)) / 1e6 AS spend_usd
FROM request_events AS e
WHERE ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
  AND observed_by != 'provider'
  AND positionCaseInsensitive(user_agent, {client:String}) > 0
GROUP BY key_id, observed_by, user_agent
ORDER BY last_at DESC, key_id, observed_by, user_agent
LIMIT 1000
