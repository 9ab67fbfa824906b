-- How far did the statistics of the groups with these names go on each past day? The judged day is {day}.
SELECT
  kind,
  name,
  observed_by,
  toUInt16({day:Date} - day) AS days_ago,
  daily_max_bins
FROM group_baselines
WHERE day >= {day:Date} - 32
  AND day < {day:Date}
  AND name IN {names:Array(String)}
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
ORDER BY kind, name, observed_by, day
LIMIT 1 BY kind, name, observed_by, day
