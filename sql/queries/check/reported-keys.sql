-- Of which keys did a provider report anything in the hours from {from} to {until}? With {keys}: of these.
SELECT DISTINCT key_id
FROM usage_hours AS u
WHERE toDate(hour) >= toDate({from:DateTime('UTC')})
  AND hour >= {from:DateTime('UTC')}
  AND hour < {until:DateTime('UTC')}
  AND observed_by = 'provider'
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id
