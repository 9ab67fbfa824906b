-- For what were {keys} used from the autonomous system {asn} (0: from any), at the addresses of the block of {bits} bits around {address}, between {from} and {to}? Of each its
-- busiest three routes, from raw rows.
WITH IPv6CIDRToRange({address:IPv6}, {bits:UInt8}) AS block
SELECT key_id, observed_by, arraySlice(groupArray(route), 1, 3) AS routes
FROM
(
  SELECT key_id, observed_by, trimLeft(concat(method, ' ', e.route)) AS route, sum(e.count) AS requests
  FROM request_events AS e
  WHERE key_id IN {keys:Array(String)}
    AND e.ts >= {from:DateTime64(3, 'UTC')}
    AND e.ts < {to:DateTime64(3, 'UTC')}
    AND observed_by != 'provider'
    AND ({asn:UInt32} = 0 OR e.asn = {asn:UInt32})
    AND e.source_ip >= tupleElement(block, 1)
    AND e.source_ip <= tupleElement(block, 2)
  GROUP BY key_id, observed_by, route
  ORDER BY requests DESC, route
)
GROUP BY key_id, observed_by
