-- Which requests were served to these keys from outside their allowed networks between {from} and {to} (epoch seconds, whole minutes), per
-- address and minute by minute? Traffic without an address is not judged. {allowed} are the networks of each of {keys}.
WITH
  allowed AS
  (
    SELECT
      tupleElement(given, 1) AS key_id,
      arrayMap(cidr -> IPv6CIDRToRange(
        toIPv6(splitByChar('/', cidr)[1]),
        toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))), tupleElement(given, 2)) AS ranges
    FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {allowed:Array(Array(String))})) AS given)
  ),
  -- Whether an address is outside is asked once for each that a key used, not for each minute.
  outside AS
  (
    SELECT key_id, source_ip
    FROM
    (
      SELECT DISTINCT key_id, toIPv6OrDefault(value) AS source_ip
      FROM first_seen AS s
      WHERE key_id IN {keys:Array(String)} AND level = 'ip' AND value != '::' AND s.last_at >= {from:DateTime('UTC')}
    ) AS sources
    INNER JOIN allowed USING (key_id)
    WHERE NOT arrayExists(range -> source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
  )
SELECT
  key_id,
  observed_by,
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  groupArray(toUnixTimestamp(minute)) AS minutes,
  groupArray(served) AS requests,
  groupArray(spend) AS spend_micros
FROM
(
  SELECT key_id, observed_by, source_ip, asn, network_type, minute,
    sum(s.served) AS served, sum(s.spend_micros) AS spend
  FROM source_minutes AS s
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
    AND key_id IN (SELECT key_id FROM outside)
    AND (key_id, source_ip) IN (SELECT key_id, source_ip FROM outside)
  GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  HAVING served > 0
  ORDER BY key_id, observed_by, source_ip, asn, network_type, minute
)
GROUP BY key_id, observed_by, source_ip, asn, network_type
ORDER BY key_id, observed_by, source_ip, asn, network_type
