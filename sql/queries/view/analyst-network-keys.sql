-- Which keys were used since {from} from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}, each as every observer saw it? For analysts: over the views that they may read.
WITH IPv6CIDRToRange(toIPv6OrDefault({address:String}), toUInt8({bits:UInt32})) AS block
SELECT
  u.key_id AS key_id,
  toString(u.observed_by) AS observed_by,
  u.asn AS asn,
  any(u.asn_name) AS asn_name,
  toString(u.network_type) AS network_type,
  min(u.first_hour) AS first_hour,
  max(u.last_hour) AS last_hour,
  count() AS addresses,
  sum(u.requests) AS requests,
  sum(toUInt128(u.spend_micros)) / 1e6 AS spend_usd
FROM source_networks AS u
WHERE u.last_hour >= {from:DateTime64(3, 'UTC')}
  AND u.observed_by != 'provider'
  AND u.source_ip != toIPv6('::')
  AND ({asn:UInt32} = 0 OR u.asn = {asn:UInt32})
  AND u.source_ip >= tupleElement(block, 1)
  AND u.source_ip <= tupleElement(block, 2)
GROUP BY key_id, observed_by, asn, network_type
ORDER BY last_hour DESC, requests DESC, key_id, observed_by, asn, network_type
LIMIT 1000
