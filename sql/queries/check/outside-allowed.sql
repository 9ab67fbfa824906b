-- Which requests were served to these keys from outside their allowed networks between {from} and {to} (epoch seconds, whole minutes), per
-- address and minute by minute? Traffic without an address is not judged. {allowed} are the networks of each of {keys}.
WITH allowed AS
(
  SELECT
    tupleElement(given, 1) AS key_id,
    arrayMap(cidr -> IPv6CIDRToRange(
      toIPv6(splitByChar('/', cidr)[1]),
      toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))), tupleElement(given, 2)) AS ranges
  FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {allowed:Array(Array(String))})) AS given)
)
SELECT
  key_id,
  observed_by,
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  minutes,
  requests,
  spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    source_ip,
    asn,
    network_type,
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
      AND key_id IN {keys:Array(String)}
      AND source_ip != toIPv6('::')
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
    HAVING served > 0
    ORDER BY key_id, observed_by, source_ip, asn, network_type, minute
  )
  GROUP BY key_id, observed_by, source_ip, asn, network_type
) AS used
-- Whether an address is outside is asked once for each that a key used, not for each minute.
INNER JOIN allowed USING (key_id)
WHERE NOT arrayExists(range -> source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
ORDER BY key_id, observed_by, source_ip, asn, network_type
