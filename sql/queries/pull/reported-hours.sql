-- What did a provider last report of each key and item in the hours from {from} to {to}, what is the most that it ever reported, and how many changes has each
-- day seen? The order is that of the table.
SELECT
  toUnixTimestamp(hour) AS hour_s,
  key_id,
  item,
  argMax(r.requests, r.revision) AS requests,
  argMax(r.unit_millis, r.revision) AS unit_millis,
  argMax(r.spend_micros, r.revision) AS spend_micros,
  sum(r.added_requests) AS most_requests,
  sum(r.added_unit_millis) AS most_unit_millis,
  sum(r.added_spend_micros) AS most_spend_micros,
  max(r.revision) AS revision
FROM provider_reports AS r
WHERE provider = {provider:String}
  AND report = {report:String}
  AND hour >= {from:DateTime('UTC')}
  AND hour < {to:DateTime('UTC')}
GROUP BY hour, key_id, item
ORDER BY hour, key_id, item
