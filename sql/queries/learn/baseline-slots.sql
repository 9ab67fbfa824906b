-- Which requests did every key make in each slot of these days, as they were learned? With {keys}: only these.
SELECT key_id, toInt8(observed_by) AS observer, toString(b.day) AS day, CAST(b.slots AS Array(Float64)) AS slots
FROM baselines AS b
WHERE b.day IN {days:Array(Date)} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id, observed_by, b.day, computed_at DESC
LIMIT 1 BY key_id, observed_by, b.day
