-- Which scopes did registered keys use in the ninety days before {now} (of which they need them), and in its last week: served, and refused with 403 or 401?
SELECT
  key_id,
  scope,
  sum(h.requests) - sum(h.denied) AS served,
  sumIf(h.requests, h.hour >= {now:DateTime('UTC')} - toIntervalDay(7)) - sumIf(h.denied, h.hour >= {now:DateTime('UTC')} - toIntervalDay(7)) AS served_lately,
  toUnixTimestamp(min(h.hour)) AS first_s
FROM route_hours AS h
WHERE scope != '' AND h.hour >= {now:DateTime('UTC')} - toIntervalDay(90) AND h.hour < {now:DateTime('UTC')} AND h.observed_by != 'provider'
  AND key_id IN (SELECT key_id FROM key_versions)
GROUP BY key_id, scope
ORDER BY key_id, scope
