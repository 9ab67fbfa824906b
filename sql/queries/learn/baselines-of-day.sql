-- What was usual for every key after {day} had been learned? The newest snapshot that existed at {visible}. With {keys}: only of these.
SELECT *
FROM baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
