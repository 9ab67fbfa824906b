-- Which is the newest minute that was evaluated, if only in part, {lately}: within two days? Read from the end of the table's own order, until one is found.
SELECT toUnixTimestamp(tick) AS tick_s
FROM check_runs
WHERE job = 'check-keys' AND outcome IN ('evaluated', 'in_part') AND tick > if({lately:Bool}, now() - toIntervalDay(2), toDateTime(0, 'UTC'))
  AND tick <= recorded_at + INTERVAL 1 MINUTE AND recorded_at <= now64(3) + INTERVAL 1 MINUTE
ORDER BY job DESC, tick DESC
LIMIT 1
