-- Of which keys did a caller report anything in the minutes from {from} to {until}? With {keys}: of these.
SELECT DISTINCT key_id
FROM caller_minutes
WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
  AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
  AND minute >= {from:DateTime('UTC')}
  AND minute < {until:DateTime('UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id
