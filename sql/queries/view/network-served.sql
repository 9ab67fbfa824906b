-- Since when was each of {keys} served at all from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}? Of those that
-- never were there is no row.
WITH IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block
SELECT f.key_id AS key_id, f.observed_by AS observed_by, toUnixTimestamp(min(f.first_at)) AS served_s
FROM first_seen AS f
WHERE f.key_id IN {keys:Array(String)}
  AND (({asn:UInt32} > 0 AND f.level = 'asn' AND f.value = toString({asn:UInt32}))
    OR ({asn:UInt32} = 0 AND f.level = 'ip' AND toIPv6OrDefault(f.value) >= tupleElement(block, 1) AND toIPv6OrDefault(f.value) <= tupleElement(block, 2)))
GROUP BY key_id, observed_by
