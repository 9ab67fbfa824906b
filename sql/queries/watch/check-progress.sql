-- Until when were keys checked, {lately}: within two days, and when was that last put on file? Zero when they were not. And until which minute to
-- come are keys said to be checked, under a wrong clock? Zero when none is.
SELECT
  toUnixTimestamp(maxIf(tick, is_past)) AS cursor_s,
  toUnixTimestamp64Milli(maxIf(recorded_at, is_past)) AS recorded_ms,
  toUnixTimestamp(maxIf(tick, tick > now() + INTERVAL 1 MINUTE)) AS future_s
FROM
(
  SELECT tick, recorded_at, tick <= recorded_at + INTERVAL 1 MINUTE AND recorded_at <= now64(3) + INTERVAL 1 MINUTE AS is_past
  FROM check_runs
  WHERE job = 'check-keys' AND reason = 'live' AND tick > if({lately:Bool}, now() - toIntervalDay(2), toDateTime(0, 'UTC'))
)
