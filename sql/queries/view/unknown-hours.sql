-- How much was each key used in each hour from {from} to {to} from networks that findings blame on it: from {blocks}, each on the key at its place in {block_keys}? Hours are counted from {from}.
-- {networks}: the /24s (IPv6 /64s) around all blocks, by their first address; none where a block is wider.
WITH arrayMap(
  cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
  {blocks:Array(String)}) AS ranges
SELECT key_id, observed_by, groupArray(offset) AS at, groupArray(hour_requests) AS requests
FROM
(
  SELECT
    key_id,
    observed_by,
    toUInt32(intDiv(toUnixTimestamp(s.hour) - toUnixTimestamp({from:DateTime('UTC')}), 3600)) AS offset,
    sum(s.requests) AS hour_requests
  FROM source_hours AS s
  WHERE toDate(s.hour) >= toDate({from:DateTime('UTC')})
    AND toDate(s.hour) <= toDate({to:DateTime('UTC')})
    AND s.hour >= {from:DateTime('UTC')}
    AND s.hour < {to:DateTime('UTC')}
    AND observed_by != 'provider'
    AND key_id IN {block_keys:Array(String)}
    -- As the index has it: what came from elsewhere is not read.
    AND (empty({networks:Array(IPv6)}) OR tupleElement(IPv6CIDRToRange(source_ip, if(startsWith(toString(source_ip), '::ffff:'), 120, 64)), 1) IN {networks:Array(IPv6)})
    AND arrayExists((owner, range) -> owner = key_id AND s.source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), {block_keys:Array(String)}, ranges)
  GROUP BY key_id, observed_by, offset
  ORDER BY key_id, observed_by, offset
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
