-- What did every key do from addresses and networks that it had not used until a week before each tick?
-- One row per tick, key and level (net16: /16 or IPv6 /32; net24: /24 or IPv6 /64; ip), with the 15 minute, 1, 6 and 24 h windows.
-- Ticks (epoch seconds) lie in ({hour}, {hour} + 1 h]. What a key used in its first 48 hours founded it and is never novel.
WITH
  births AS
  (
    SELECT key_id, observed_by, min(f.first_at) AS born_at
    FROM first_seen AS f
    WHERE level = 'key'
    GROUP BY key_id, observed_by
  ),
  addresses AS
  (
    SELECT key_id, observed_by, toIPv6(value) AS ip, min(f.first_at) AS seen_at
    FROM first_seen AS f
    WHERE level = 'ip' AND value != '::'
    GROUP BY key_id, observed_by, value
  ),
  young_keys AS
  (
    SELECT DISTINCT key_id
    FROM addresses
    WHERE seen_at >= {hour:DateTime('UTC')} - 604800 AND seen_at < {hour:DateTime('UTC')} + 3600
  ),
  networks AS
  (
    SELECT
      key_id,
      observed_by,
      ip,
      if(seen_at < born_at + 172800, toDateTime(0, 'UTC'), seen_at) AS ip_at,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1)) AS net24_at,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1)) AS net16_at
    FROM addresses
    INNER JOIN births USING (key_id, observed_by)
    WHERE key_id IN (SELECT key_id FROM young_keys)
  ),
  newcomers AS
  (
    SELECT key_id, observed_by, ip, ip_at, net24_at, net16_at
    FROM networks
    WHERE ip_at >= {hour:DateTime('UTC')} - 604800
  )
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
    toStartOfFiveMinutes(minute) AS slot,
    requests,
    spend_micros,
    arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {ticks:Array(UInt32)})) AS tick,
    arrayJoin([('net16', net16_at), ('net24', net24_at), ('ip', ip_at)]) AS seen,
    tupleElement(seen, 1) AS level,
    tupleElement(seen, 2) AS seen_at
  FROM
  (
    SELECT key_id, observed_by, source_ip AS ip, minute, sum(s.requests) AS requests, sum(s.spend_micros) AS spend_micros
    FROM source_minutes AS s
    WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
      AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 3600
      AND observed_by != 'provider'
      AND (key_id, source_ip) IN (SELECT key_id, ip FROM newcomers)
    GROUP BY key_id, observed_by, source_ip, minute
  ) AS traffic
  INNER JOIN newcomers USING (key_id, observed_by, ip)
  WHERE minute < tick AND minute >= tick - 86400 AND seen_at >= tick - 604800
)
GROUP BY tick, key_id, observed_by, level
ORDER BY tick, key_id, observed_by, level
