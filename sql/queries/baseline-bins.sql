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
  AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY key_id, observed_by, day, computed_at DESC
LIMIT 1 BY key_id, observed_by, day
