-- How much was {keys} (the ids of one key) used from {blocks} in each minute from {from} to {to}? Counted in minutes from {from}.
WITH arrayMap(
  cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
  {blocks:Array(String)}) AS ranges
SELECT
  toUInt32(intDiv(toUnixTimestamp(s.minute) - toUnixTimestamp({from:DateTime('UTC')}), 60)) AS at,
  sum(s.requests) AS requests,
  sum(s.spend_micros) AS spend_micros
FROM source_minutes AS s
WHERE toDate(s.minute) >= toDate({from:DateTime('UTC')})
  AND toDate(s.minute) <= toDate({to:DateTime('UTC')})
  AND s.minute >= {from:DateTime('UTC')}
  AND s.minute < {to:DateTime('UTC')}
  AND key_id IN {keys:Array(String)}
  AND observed_by = {observed_by:String}
  AND arrayExists(range -> s.source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
GROUP BY at
ORDER BY at
