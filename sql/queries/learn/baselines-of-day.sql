-- What was usual for every key after {day} had been learned? The newest snapshot that existed at {visible}. With {keys}: only of these.
SELECT
  day, key_id, observed_by, born_at, requests, spend_micros, novel_requests, churn, spend_per_request, slots, weekly, daily, flat, levels,
  losses, noise, noise_days, daily_max_bins, taught_days, highest_score, suspect_until, held_days
FROM baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
