-- Which keys were ever served from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}: since when, and when last? The first
-- {most} of all {keys}, those served last first.
WITH IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block
SELECT
  key_id,
  toUnixTimestamp(min(f.first_at)) AS first_s,
  toUnixTimestamp(max(f.last_at)) AS last_s,
  count() OVER () AS keys,
  min(first_s) OVER () AS ever_s
FROM first_seen AS f
WHERE observed_by != 'provider'
  AND (({asn:UInt32} > 0 AND f.level = 'asn' AND f.value = toString({asn:UInt32}))
    OR ({asn:UInt32} = 0 AND f.level = 'ip' AND toIPv6OrDefault(f.value) >= tupleElement(block, 1) AND toIPv6OrDefault(f.value) <= tupleElement(block, 2)))
GROUP BY key_id
ORDER BY last_s DESC, key_id
LIMIT {most:UInt32}
