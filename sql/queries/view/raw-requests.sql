-- What were the raw requests of {key} (empty: of any key) from the addresses of the block of {bits} bits around {address} between {from} and {to}? The first {most}, in the order of time.
WITH IPv6CIDRToRange(toIPv6OrDefault({address:String}), toUInt8({bits:UInt32})) AS block
SELECT
  formatDateTime(ts, '%Y-%m-%dT%H:%i:%S', 'UTC') AS at,
  key_id,
  toString(observed_by) AS observed_by,
  replaceOne(toString(source_ip), '::ffff:', '') AS address,
  asn,
  method,
  route,
  status,
  count,
  bytes,
  spend_micros,
  scope,
  user_agent
FROM request_events AS e
WHERE ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
  AND ({key:String} = '' OR key_id = {key:String})
  AND source_ip >= tupleElement(block, 1)
  AND source_ip <= tupleElement(block, 2)
ORDER BY ts, id, key_id
LIMIT {most:UInt32}
