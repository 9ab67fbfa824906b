-- How much did every key use in the 15 minutes, 1, 6 and 24 hours before each tick?
-- Ticks (epoch seconds) lie in ({hour}, {hour} + 1 h]. Long windows are hour rows inside and minute rows at their edges.
SELECT
  toUnixTimestamp(tick) AS tick_s,
  key_id,
  observed_by,
  [sumIf(requests, NOT is_hour AND start >= tick - 900),
   sumIf(requests, NOT is_hour AND start >= tick - 3600),
   sumIf(requests, within_6h),
   sumIf(requests, within_24h)] AS requests_by_window,
  [sumIf(spend_micros, NOT is_hour AND start >= tick - 900),
   sumIf(spend_micros, NOT is_hour AND start >= tick - 3600),
   sumIf(spend_micros, within_6h),
   sumIf(spend_micros, within_24h)] AS spend_by_window
FROM
(
  SELECT
    key_id,
    observed_by,
    start,
    is_hour,
    requests,
    spend_micros,
    arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {ticks:Array(UInt32)})) AS tick,
    -- A minute row counts for a long window only where its hour is not wholly inside; elsewhere the hour row speaks for it.
    if(is_hour, start >= tick - 21600,
      start >= {hour:DateTime('UTC')} OR (start >= tick - 21600 AND toStartOfHour(start) < tick - 21600)) AS within_6h,
    if(is_hour, start >= tick - 86400,
      start >= {hour:DateTime('UTC')} OR (start >= tick - 86400 AND toStartOfHour(start) < tick - 86400)) AS within_24h
  FROM
  (
    SELECT key_id, observed_by, minute AS start, false AS is_hour, sum(u.requests) AS requests, sum(u.spend_micros) AS spend_micros
    FROM usage_minutes AS u
    WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
      AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 3600
      AND (minute >= {hour:DateTime('UTC')} - 3600
        OR (minute >= {hour:DateTime('UTC')} - 21600 AND minute < {hour:DateTime('UTC')} - 18000)
        OR minute < {hour:DateTime('UTC')} - 82800)
      AND observed_by != 'provider'
    GROUP BY key_id, observed_by, minute
    UNION ALL
    SELECT key_id, observed_by, hour AS start, true AS is_hour, sum(u.requests) AS requests, sum(u.spend_micros) AS spend_micros
    FROM usage_hours AS u
    WHERE toDate(hour) >= toDate({hour:DateTime('UTC')} - 86400)
      AND hour >= {hour:DateTime('UTC')} - 86400
      AND hour < {hour:DateTime('UTC')}
      AND observed_by != 'provider'
    GROUP BY key_id, observed_by, hour
  )
  WHERE start < tick AND start >= tick - 86400
)
GROUP BY tick, key_id, observed_by
ORDER BY tick, key_id, observed_by
