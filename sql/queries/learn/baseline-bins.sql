-- How far did the statistics of these keys go on each past day, how many days had taught of them up to then, and were they under suspicion beyond
-- it? The judged day is {day}. A day that taught nothing has no statistics.
SELECT
  key_id,
  observed_by,
  toUInt16({day:Date} - day) AS days_ago,
  daily_max_bins,
  taught_days,
  toBool(suspect_until > toDateTime64({day:Date}, 3, 'UTC')) AS is_suspect
FROM baselines
WHERE day >= {day:Date} - 32
  AND day < {day:Date}
  AND key_id IN {keys:Array(String)}
  -- Only a learning that is on record is complete.
  AND (day, computed_at) IN
  (
    SELECT toDate(tick - 1), argMax(as_of, recorded_at)
    FROM check_runs
    WHERE job = 'learn-baselines' AND recorded_at <= {visible:DateTime64(3, 'UTC')}
    GROUP BY tick
  )
ORDER BY key_id, observed_by, day
LIMIT 1 BY key_id, observed_by, day
