-- Which requests did every key make in each slot of these days, as they were learned?
SELECT key_id, observed_by, day, slots
FROM baselines
WHERE day IN {days:Array(Date)} AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY key_id, observed_by, day, computed_at DESC
LIMIT 1 BY key_id, observed_by, day
