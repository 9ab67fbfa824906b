-- What was usual for {key} after the last day that was learned for it, as far as visible at {visible}?
SELECT *
FROM baselines
WHERE key_id = {key:String} AND day >= toDate({visible:DateTime64(3, 'UTC')}) - 40 AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY day DESC, requests DESC, computed_at DESC
LIMIT 1
