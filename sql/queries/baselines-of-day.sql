-- What was usual for every key after {day} had been learned? The newest snapshot that existed at {visible}.
SELECT *
FROM baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
