-- Which keys were used before {until} without a single address, as far as senders gave any: from when, and when one came with its first address
-- (0: never)? With {keys}: only these.
SELECT
  key_id,
  observed_by,
  toUnixTimestamp(minIf(f.first_at, value = '::')) AS from_s,
  toUnixTimestamp(minIf(f.first_at, value != '::')) AS placed_s
FROM first_seen AS f
WHERE level = 'ip'
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  AND (key_id, observed_by) IN
  (
    SELECT key_id, observed_by
    FROM first_seen AS n
    WHERE level = 'ip' AND value = '::' AND n.first_at < {until:DateTime('UTC')} AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  )
GROUP BY key_id, observed_by
HAVING placed_s = 0 OR placed_s > from_s
ORDER BY key_id, observed_by
