-- What did every key do from networks and on routes that were new to it at each tick?
-- One row per tick, key and level, with the windows 15 minutes, 1, 6 and 24 h. Ticks (epoch seconds) lie in ({hour}, {hour} + 1 h].
{{newcomers}}
SELECT
  toUnixTimestamp(tick) AS tick_s,
  key_id,
  observed_by,
  level,
  [sumIf(requests, minute >= tick - 900), sumIf(requests, minute >= tick - 3600),
   sumIf(requests, minute >= tick - 21600), sum(requests)] AS requests_by_window,
  [sumIf(spend_micros, minute >= tick - 900), sumIf(spend_micros, minute >= tick - 3600),
   sumIf(spend_micros, minute >= tick - 21600), sum(spend_micros)] AS spend_by_window,
  [uniqExactIf(slot, minute >= tick - 900), uniqExactIf(slot, minute >= tick - 3600),
   uniqExactIf(slot, minute >= tick - 21600), uniqExact(slot)] AS slots_by_window
FROM
(
  SELECT
    key_id,
    observed_by,
    level,
    minute,
    requests,
    spend_micros,
    arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {ticks:Array(UInt32)})) AS tick,
    -- Slots are counted back from the tick, so that a quarter of an hour always has three of them.
    (toUnixTimestamp(tick) - 60 - toUnixTimestamp(minute)) DIV 300 AS slot
  FROM arrivals
  WHERE minute < tick AND minute >= tick - 86400 AND seen_at >= tick - 604800 - 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0)
)
GROUP BY tick, key_id, observed_by, level
ORDER BY tick, key_id, observed_by, level
