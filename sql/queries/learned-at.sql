-- When were the baselines of {day} last learned, as far as visible at {visible}? Zero: never.
SELECT toUnixTimestamp64Milli(max(as_of)) AS learned_ms
FROM check_runs
WHERE job = 'learn-baselines' AND tick = toDateTime({day:Date} + 1, 'UTC') AND as_of <= {visible:DateTime64(3, 'UTC')}
