-- Which requests were served to keys from these addresses between {from} and {to} (epoch seconds, whole minutes), per address and minute by minute?
-- {addresses} are pairs with {keys}, place by place.
SELECT
  key_id,
  observed_by,
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  groupArray(toUnixTimestamp(minute)) AS minutes,
  groupArray(served) AS requests,
  groupArray(spend) AS spend_micros
FROM
(
  SELECT key_id, observed_by, source_ip, asn, network_type, minute,
    sum(s.served) AS served, sum(s.spend_micros) AS spend
  FROM source_minutes AS s
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND (key_id, source_ip) IN (SELECT arrayJoin(arrayZip({keys:Array(String)}, {addresses:Array(IPv6)})))
  GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  HAVING served > 0
  ORDER BY key_id, observed_by, source_ip, asn, network_type, minute
)
GROUP BY key_id, observed_by, source_ip, asn, network_type
ORDER BY key_id, observed_by, source_ip, asn, network_type
