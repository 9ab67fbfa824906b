-- Which keys were used from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}, between {from} and {to}: from how many
-- addresses, how much, and how much of it was refused? Those used last first, the first {most} of all {keys}.
WITH
  IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block,
  -- The network (/24, IPv6 /64) around it, as the index has it; of a wider block there is none.
  if(startsWith(toString({address:IPv6}), '::ffff:'), 120, 64) AS network_bits,
  tupleElement(IPv6CIDRToRange({address:IPv6}, toUInt8(network_bits)), 1) AS network
SELECT
  key_id,
  observed_by,
  toUnixTimestamp(min(hour)) AS first_s,
  toUnixTimestamp(max(hour)) AS last_s,
  uniqExact(source_ip) AS addresses,
  sum(h.requests) AS requests,
  sum(h.throttled) + sum(h.denied) AS refused,
  toUInt64(least(sum(h.spend_micros), 9223372036854775807)) AS spend_micros,
  any(h.asn) AS asn,
  toString(any(h.network_type)) AS network_type,
  count() OVER () AS keys
FROM source_hours AS h
WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
  AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
  AND hour < {to:DateTime64(3, 'UTC')}
  AND observed_by != 'provider'
  AND source_ip != toIPv6('::')
  AND ({asn:UInt32} = 0 OR h.asn = {asn:UInt32})
  AND ({bits:UInt8} < network_bits OR tupleElement(IPv6CIDRToRange(source_ip, if(startsWith(toString(source_ip), '::ffff:'), 120, 64)), 1) = network)
  AND source_ip >= tupleElement(block, 1)
  AND source_ip <= tupleElement(block, 2)
GROUP BY key_id, observed_by
ORDER BY last_s DESC, requests DESC, key_id, observed_by
LIMIT {most:UInt32}
