-- From which addresses and networks that it had not used until a week before did every key send, in slots of five minutes,
-- over the day that starts at {hour} and the day before it? seen_at lets the reader drop what stops being novel on the way.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  level,
  toUnixTimestamp(seen_at) AS seen_s,
  toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300) AS slot,
  sum(requests) AS requests,
  sum(spend_micros) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    minute,
    requests,
    spend_micros,
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
      AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 86400
      AND observed_by != 'provider'
      AND (key_id, source_ip) IN (SELECT key_id, ip FROM newcomers)
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  ) AS traffic
  INNER JOIN newcomers USING (key_id, observed_by, ip)
  LEFT JOIN system_births USING (key_id, observed_by, asn)
  WHERE level != '' AND seen_at >= {hour:DateTime('UTC')} - 604800
)
GROUP BY key_id, observed_by, level, seen_at, slot
ORDER BY key_id, observed_by, level, seen_at, slot
