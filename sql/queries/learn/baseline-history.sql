-- What was usual for {key} after each day from {first} to {last}, as the newest snapshot of the day says that existed at {visible}?
SELECT
  day, key_id, observed_by, born_at, requests, spend_micros, novel_requests, churn, spend_per_request, slots, weekly, daily, flat, levels,
  losses, noise, noise_days, daily_max_bins, highest_score, suspect_until, held_days
FROM baselines
WHERE day >= {first:Date} AND day <= {last:Date}
  AND key_id = {key:String}
  AND observed_by = {observed_by:String}
  AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY day, computed_at DESC
LIMIT 1 BY day
