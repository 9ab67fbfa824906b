-- What did every key do from addresses and networks that it had not used until a week before each tick?
-- One row per tick, key and level (asn_*: autonomous system by kind of network; unplaced: /16 where the system is not known; net16: /16
-- or IPv6 /32; net24: /24 or IPv6 /64; ip), with the windows 15 minutes, 1, 6 and 24 h. Ticks (epoch seconds) lie in ({hour}, {hour} + 1 h].
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
    minute,
    requests,
    spend_micros,
    arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {ticks:Array(UInt32)})) AS tick,
    -- Slots are counted back from the tick, so that a quarter of an hour always has three of them.
    (toUnixTimestamp(tick) - 60 - toUnixTimestamp(minute)) DIV 300 AS slot,
    arrayJoin([
      (multiIf(network_type = 'internal', '', asn = 0, 'unplaced', network_type = 'cloud', 'asn_cloud',
               network_type IN ('isp', 'business'), 'asn_isp', 'asn_hosting'), if(asn = 0, net16_at, asn_at)),
      ('net16', net16_at), ('net24', net24_at), ('ip', ip_at)]) AS seen,
    tupleElement(seen, 1) AS level,
    tupleElement(seen, 2) AS seen_at
  FROM
  (
    SELECT key_id, observed_by, source_ip AS ip, asn, network_type, minute, sum(s.requests) AS requests, sum(s.spend_micros) AS spend_micros
    FROM source_minutes AS s
    WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
      AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 3600
      AND observed_by != 'provider'
      AND (key_id, source_ip) IN (SELECT key_id, ip FROM newcomers)
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  ) AS traffic
  INNER JOIN newcomers USING (key_id, observed_by, ip)
  LEFT JOIN system_births USING (key_id, observed_by, asn)
  WHERE minute < tick AND minute >= tick - 86400 AND level != '' AND seen_at >= tick - 604800
)
GROUP BY tick, key_id, observed_by, level
ORDER BY tick, key_id, observed_by, level
