-- Which keys were ever served from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}: since when, and when last? The first
-- {most} of all {keys}, those served last first.
WITH
  IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block,
  -- The network (/24, IPv6 /64) around it, as the index has it; of a wider block there is none.
  if(startsWith(toString({address:IPv6}), '::ffff:'), 120, 64) AS network_bits,
  tupleElement(IPv6CIDRToRange({address:IPv6}, toUInt8(network_bits)), 1) AS network
SELECT
  key_id,
  toUnixTimestamp(min(f.first_at)) AS first_s,
  toUnixTimestamp(max(f.last_at)) AS last_s,
  count() OVER () AS keys,
  min(first_s) OVER () AS ever_s
FROM
(
  SELECT key_id, first_at, last_at
  FROM keys_by_value
  WHERE {asn:UInt32} > 0 AND level = 'asn' AND value = toString({asn:UInt32}) AND observed_by != 'provider'
  UNION ALL
  SELECT key_id, first_at, last_at
  FROM first_seen
  WHERE {asn:UInt32} = 0
    AND observed_by != 'provider'
    AND level = 'ip'
    AND ({bits:UInt8} < network_bits OR tupleElement(IPv6CIDRToRange(toIPv6OrDefault(value), if(startsWith(value, '::ffff:'), 120, 64)), 1) = network)
    AND toIPv6OrDefault(value) >= tupleElement(block, 1)
    AND toIPv6OrDefault(value) <= tupleElement(block, 2)
) AS f
GROUP BY key_id
ORDER BY last_s DESC, key_id
LIMIT {most:UInt32}
