-- What was usual for every key after {day} had been learned? The newest snapshot that existed at {visible}. With {keys}: only of these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  [toFloat64(toUnixTimestamp(born_at)), toFloat64(requests), toFloat64(spend_micros), spend_per_request, flat, toFloat64(taught_days), highest_score,
    toFloat64(toUnixTimestamp64Milli(suspect_until))] AS figures,
  CAST(b.novel_requests AS Array(Float64)) AS novel_requests,
  churn,
  CAST(b.slots AS Array(Float64)) AS slots,
  weekly,
  daily,
  levels,
  losses,
  noise,
  noise_days,
  CAST(b.daily_max_bins AS Array(Float64)) AS daily_max_bins,
  arrayStringConcat(arrayMap(held -> toString(held), b.held_days), ',') AS held_days
FROM baselines AS b
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
