-- Which tick did check-keys deal with last? Zero before its first run.
SELECT toUnixTimestamp(max(tick)) AS cursor_s
FROM past_checks
WHERE job = 'check-keys' AND reason = 'live'
