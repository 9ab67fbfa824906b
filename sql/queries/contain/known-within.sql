-- At which addresses within {networks} (blocks as IPv6, such as ::ffff:203.0.113.0/120) was a key served before {before}?
WITH arrayMap(
  block -> IPv6CIDRToRange(toIPv6(splitByChar('/', block)[1]), toUInt8(splitByChar('/', block)[2])),
  {networks:Array(String)}) AS ranges
SELECT value AS address
FROM first_seen AS f
WHERE key_id IN {keys:Array(String)}
  AND observed_by = {observed_by:String}
  AND level = 'ip'
  AND arrayExists(range -> toIPv6OrDefault(value) BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
GROUP BY value
HAVING min(f.first_at) < {before:DateTime('UTC')}
ORDER BY address
LIMIT 10000
