-- Which keys were used from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}, between {from} and {to}: from how many
-- addresses, how much, how much of it was refused, and since when was each served from there at all (0: never)? Those used last first, the first {most} of all {keys}.
WITH IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block
SELECT
  used.key_id AS key_id,
  used.observed_by AS observed_by,
  first_s,
  last_s,
  addresses,
  requests,
  refused,
  spend_micros,
  asn,
  network_type,
  keys,
  served_s
FROM
(
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
    AND source_ip >= tupleElement(block, 1)
    AND source_ip <= tupleElement(block, 2)
  GROUP BY key_id, observed_by
  ORDER BY last_s DESC, requests DESC, key_id, observed_by
  LIMIT {most:UInt32}
) AS used
LEFT JOIN
(
  SELECT f.key_id AS key_id, f.observed_by AS observed_by, toUnixTimestamp(min(f.first_at)) AS served_s
  FROM first_seen AS f
  WHERE ({asn:UInt32} > 0 AND f.level = 'asn' AND f.value = toString({asn:UInt32}))
    OR ({asn:UInt32} = 0 AND f.level = 'ip' AND toIPv6OrDefault(f.value) >= tupleElement(block, 1) AND toIPv6OrDefault(f.value) <= tupleElement(block, 2))
  GROUP BY key_id, observed_by
) AS seen ON seen.key_id = used.key_id AND seen.observed_by = used.observed_by
ORDER BY last_s DESC, requests DESC, key_id, observed_by
