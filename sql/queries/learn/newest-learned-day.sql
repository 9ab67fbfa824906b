-- Which day before {day} was learned last, and when, as far as visible at {visible}? Empty: none.
-- A day counts from when its learning was recorded, not from when it began: in between its snapshots are not complete.
SELECT
  toString(toDate(max(tick) - 1)) AS learned_day,
  toUnixTimestamp64Milli(argMax(as_of, (tick, as_of))) AS learned_ms,
  count() AS learnings
FROM check_runs
WHERE job = 'learn-baselines' AND tick <= toDateTime({day:Date}, 'UTC') AND recorded_at <= {visible:DateTime64(3, 'UTC')}
HAVING count() > 0
