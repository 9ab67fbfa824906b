-- Since when was each of {keys} served at all from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}? Of those that
-- never were there is no row.
WITH IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block
SELECT key_id, observed_by, toUnixTimestamp(min(f.first_at)) AS served_s
FROM
(
  SELECT key_id, observed_by, first_at
  FROM keys_by_value
  WHERE {asn:UInt32} > 0 AND level = 'asn' AND value = toString({asn:UInt32}) AND key_id IN {keys:Array(String)}
  UNION ALL
  SELECT key_id, observed_by, first_at
  FROM first_seen
  WHERE {asn:UInt32} = 0
    AND key_id IN {keys:Array(String)}
    AND level = 'ip'
    AND toIPv6OrDefault(value) >= tupleElement(block, 1)
    AND toIPv6OrDefault(value) <= tupleElement(block, 2)
) AS f
GROUP BY key_id, observed_by
