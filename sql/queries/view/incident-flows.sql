-- From which networks on which routes was {keys} (the ids of one key) used from {from} to {to}, how much, and what did it cost? What came from {blocks} first, then what costs most, at most {most}.
WITH arrayMap(
  cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
  {blocks:Array(String)}) AS ranges
SELECT
  arrayExists(range -> e.source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges) AS is_blamed,
  e.asn AS asn,
  toString(e.network_type) AS network_type,
  toString(e.method) AS method,
  toString(e.route) AS route,
  sum(e.count) AS requests,
  sum(toUInt128(e.spend_micros)) AS spend_micros
FROM request_events AS e
WHERE key_id IN {keys:Array(String)}
  AND observed_by = {observed_by:String}
  AND ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
GROUP BY is_blamed, asn, network_type, method, route
ORDER BY is_blamed DESC, spend_micros DESC, requests DESC, asn, method, route
LIMIT {most:UInt32}
