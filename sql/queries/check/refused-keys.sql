-- Which keys were refused anything between {from} and {to}? With {keys}: of these.
SELECT DISTINCT key_id
FROM refused_minutes
WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
  AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
  AND minute >= {from:DateTime('UTC')}
  AND minute < {to:DateTime('UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id
