-- Which tick did check-keys deal with last? Zero before its first run.
SELECT toUnixTimestamp(max(tick)) AS cursor_s
FROM check_runs
WHERE job = 'check-keys' AND reason = 'live'
