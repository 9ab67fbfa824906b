-- What did each key do from each of {networks} (/24, IPv6 /64) before each tick, as far as it was new to the key?
-- One row per tick, network, key and level of novelty, with the windows 15 minutes, 1, 6 and 24 h. Ticks lie in ({hour}, {hour} + 1 h].
{{newcomers}}
SELECT
  toUnixTimestamp(tick) AS tick_s,
  network,
  key_id,
  observed_by,
  level,
  [sumIf(requests, minute >= tick - 900), sumIf(requests, minute >= tick - 3600),
   sumIf(requests, minute >= tick - 21600), sum(requests)] AS requests_by_window,
  [sumIf(spend_micros, minute >= tick - 900), sumIf(spend_micros, minute >= tick - 3600),
   sumIf(spend_micros, minute >= tick - 21600), sum(spend_micros)] AS spend_by_window,
  [uniqExactIf(slot, minute >= tick - 900), uniqExactIf(slot, minute >= tick - 3600),
   uniqExactIf(slot, minute >= tick - 21600), uniqExact(slot)] AS slots_by_window,
  toUnixTimestamp(min(minute)) AS first_s
FROM
(
  SELECT
    key_id,
    observed_by,
    level,
    minute,
    requests,
    spend_micros,
    toIPv6OrDefault(a.value) AS ip,
    toString(tupleElement(IPv6CIDRToRange(ip, if(ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 120, 64)), 1)) AS network,
    arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {ticks:Array(UInt32)})) AS tick,
    (toUnixTimestamp(tick) - 60 - toUnixTimestamp(minute)) DIV 300 AS slot
  FROM arrivals AS a
  WHERE level != 'route'
    AND minute < tick
    AND minute >= tick - 86400
    AND seen_at >= tick - 604800 - 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0)
    AND network IN {networks:Array(String)}
)
GROUP BY tick, network, key_id, observed_by, level
ORDER BY tick, network, key_id, observed_by, level
