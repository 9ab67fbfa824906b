-- When was each key first seen? Keys whose first request came before {until}. With {keys}: only these.
SELECT key_id, observed_by, toUnixTimestamp(min(f.first_at)) AS born_s
FROM first_seen AS f
WHERE level = 'key' AND observed_by != 'provider'
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
GROUP BY key_id, observed_by
HAVING min(f.first_at) < {until:DateTime('UTC')}
ORDER BY key_id, observed_by
