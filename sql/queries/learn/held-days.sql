-- On how many days did the networks of these keys not age, as the snapshots of {day} say that existed at {visible}, and does each expect anything?
SELECT
  key_id,
  observed_by,
  toUInt16(length(held_days)) AS held,
  toUInt16(length(weekly)) AS weekly_slots,
  toUInt16(length(daily)) AS daily_slots,
  flat
FROM baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')} AND key_id IN {keys:Array(String)}
ORDER BY key_id, observed_by, computed_at DESC
LIMIT 1 BY key_id, observed_by
