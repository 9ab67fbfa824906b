-- Which traffic of these keys came from what they had not used until a week before, in each minute from 24 hours before {hour} to an
-- hour after it? seen_s is when the key first used what is new at that level.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  level,
  toString(ip) AS address,
  -- An address may have changed its network in between: the same rows must give the same answer.
  max(t.asn) AS asn,
  argMax(toString(t.network_type), (t.asn, t.network_type)) AS network_type,
  toUnixTimestamp(min(seen_at)) AS seen_s,
  groupArray(offset) AS minutes,
  groupArray(requests) AS requests,
  groupArray(spend_micros) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    ip,
    ip_at,
    asn,
    network_type,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 60) AS offset,
    requests,
    spend_micros,
    arrayJoin([
      (multiIf(asn = 0 OR network_type = 'internal', '', network_type = 'cloud', 'asn_cloud',
               network_type IN ('isp', 'business'), 'asn_isp', 'asn_hosting'), asn_at),
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
      AND key_id IN {keys:Array(String)}
      AND (key_id, source_ip) IN (SELECT key_id, ip FROM newcomers)
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  ) AS traffic
  INNER JOIN newcomers USING (key_id, observed_by, ip)
  LEFT JOIN system_births USING (key_id, observed_by, asn)
  WHERE level != '' AND seen_at >= {hour:DateTime('UTC')} - 604800
) AS t
GROUP BY key_id, observed_by, level, ip
ORDER BY key_id, observed_by, level, arraySum(requests) DESC, ip
