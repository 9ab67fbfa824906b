-- Which day before {day} was learned last, and when, as far as visible at {visible}? Empty: none.
SELECT
  toString(toDate(max(tick) - 1)) AS learned_day,
  toUnixTimestamp64Milli(argMax(as_of, (tick, as_of))) AS learned_ms
FROM check_runs
WHERE job = 'learn-baselines' AND tick <= toDateTime({day:Date}, 'UTC') AND as_of <= {visible:DateTime64(3, 'UTC')}
HAVING count() > 0
