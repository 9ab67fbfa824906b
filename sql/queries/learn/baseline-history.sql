-- What was usual for {keys} (the ids of one key, the one that goes first) after each day from {first} to {last}, as the newest snapshot of the day says that existed at {visible}?
SELECT
  day, key_id, observed_by, born_at, requests, spend_micros, novel_requests, churn, spend_per_request, slots, weekly, daily, flat, levels,
  losses, noise, noise_days, daily_max_bins, taught_days, highest_score, suspect_until, held_days
FROM baselines
WHERE day >= {first:Date} AND day <= {last:Date}
  AND key_id IN {keys:Array(String)}
  AND observed_by = {observed_by:String}
  AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY day, indexOf({keys:Array(String)}, key_id), computed_at DESC
LIMIT 1 BY day
