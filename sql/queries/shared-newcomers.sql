-- Which networks (/24, IPv6 /64) did nobody use until {since}, and at least two keys between then and {until}?
-- The first step is a superset, since rows are merged eventually; the second is exact.
WITH
  sights AS
  (
    SELECT
      key_id,
      observed_by,
      f.first_at,
      toIPv6OrDefault(value) AS ip,
      tupleElement(IPv6CIDRToRange(ip, if(ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 120, 64)), 1) AS net24
    FROM first_seen AS f
    WHERE level = 'ip' AND value != '::' AND observed_by != 'provider' AND f.first_at < {until:DateTime('UTC')}
  )
SELECT toString(net24) AS network, toUnixTimestamp(min(first_at)) AS seen_s, arraySort(groupUniqArray(key_id)) AS keys
FROM sights
WHERE net24 IN (SELECT net24 FROM sights WHERE first_at >= {since:DateTime('UTC')} GROUP BY net24 HAVING uniqExact(key_id) > 1)
GROUP BY net24
HAVING min(first_at) >= {since:DateTime('UTC')} AND uniqExact(key_id) > 1
ORDER BY network
