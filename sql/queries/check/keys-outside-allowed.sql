-- Which of these keys were served from outside their allowed networks at {from} or later? {allowed} are the networks of each; where there was no address
-- nothing is judged. Nearly always it is none of them, and no minute has to be read.
WITH allowed AS
(
  SELECT
    tupleElement(given, 1) AS key_id,
    arrayMap(cidr -> IPv6CIDRToRange(
      toIPv6(splitByChar('/', cidr)[1]),
      toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))), tupleElement(given, 2)) AS ranges
  FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {allowed:Array(Array(String))})) AS given)
)
SELECT DISTINCT key_id
FROM
(
  SELECT DISTINCT key_id, toIPv6OrDefault(value) AS source_ip
  FROM first_seen AS s
  WHERE key_id IN {keys:Array(String)} AND level = 'ip' AND value != '::' AND s.last_at >= {from:DateTime('UTC')}
) AS sources
INNER JOIN allowed USING (key_id)
WHERE NOT arrayExists(range -> source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
ORDER BY key_id
