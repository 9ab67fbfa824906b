-- Which requests did every key make in each slot of these days, as they were learned? With {keys}: only these.
SELECT key_id, observed_by, day, slots
FROM baselines
WHERE day IN {days:Array(Date)} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id, observed_by, day, computed_at DESC
LIMIT 1 BY key_id, observed_by, day
