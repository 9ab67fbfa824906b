-- When did any key first use each of {networks} (/24, IPv6 /64, by their first address) before {until}, and when a second one (0: none did)?
SELECT network, times[1] AS seen_s, times[2] AS shared_s
FROM
(
  SELECT network, arraySort(groupArray(seen)) AS times
  FROM
  (
    SELECT network, key_id, toUnixTimestamp(min(first_at)) AS seen
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
    GROUP BY network, key_id
  )
  GROUP BY network
)
ORDER BY network
