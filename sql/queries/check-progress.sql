-- Until when were keys checked, and when was that last put on file? Zero before the first check.
SELECT toUnixTimestamp(max(tick)) AS cursor_s, toUnixTimestamp64Milli(max(recorded_at)) AS recorded_ms
FROM check_runs
WHERE job = 'check-keys' AND reason = 'live'
