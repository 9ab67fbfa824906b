-- When did any key first use each of {networks} (/24, IPv6 /64, by their first address), and how many keys did before {until}?
SELECT network, toUnixTimestamp(min(first_at)) AS seen_s, uniqExact(key_id) AS keys
FROM
(
  SELECT
    key_id,
    f.first_at,
    toIPv6OrDefault(value) AS ip,
    toString(tupleElement(IPv6CIDRToRange(ip, if(ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 120, 64)), 1)) AS network
  FROM first_seen AS f
  WHERE level = 'ip' AND value != '::' AND observed_by != 'provider' AND f.first_at < {until:DateTime('UTC')}
)
WHERE network IN {networks:Array(String)}
GROUP BY network
ORDER BY network
