-- What is expected of every key, by the snapshots of {day} that existed at {visible}, in the slots of that day and the next one?
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  [toFloat64(toUnixTimestamp(born_at)), spend_per_request, flat, toFloat64(length(held_days)), toFloat64(toUnixTimestamp64Milli(suspect_until))] AS figures,
  churn,
  levels,
  losses,
  noise,
  weekly,
  daily
FROM baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
