-- How far did the statistics of these keys go on each past day? The judged day is {day}.
SELECT
  key_id,
  observed_by,
  toUInt16({day:Date} - day) AS days_ago,
  daily_max_bins
FROM baselines
WHERE day >= {day:Date} - 32
  AND day < {day:Date}
  AND key_id IN {keys:Array(String)}
  -- A day that teaches nothing has none.
  AND notEmpty(daily_max_bins)
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
