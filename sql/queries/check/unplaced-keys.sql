-- Which keys were used before {until} without a single address, as far as senders gave any? With {keys}: only these.
SELECT key_id, observed_by
FROM first_seen AS f
WHERE level = 'ip'
  AND f.first_at < {until:DateTime('UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  AND (key_id, observed_by) IN
  (
    SELECT key_id, observed_by
    FROM first_seen AS n
    WHERE level = 'ip' AND value = '::' AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  )
GROUP BY key_id, observed_by
HAVING max(value != '::') = 0
ORDER BY key_id, observed_by
