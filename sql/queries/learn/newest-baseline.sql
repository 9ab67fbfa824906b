-- What was usual for {key} after the last day that was learned for it, as far as visible at {visible}?
SELECT
  day, key_id, observed_by, born_at, requests, spend_micros, novel_requests, churn, spend_per_request, slots, weekly, daily, flat, levels,
  losses, noise, noise_days, daily_max_bins, taught_days, highest_score, suspect_until, held_days
FROM baselines
WHERE key_id = {key:String} AND day >= toDate({visible:DateTime64(3, 'UTC')}) - 40 AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY day DESC, requests DESC, computed_at DESC
LIMIT 1
