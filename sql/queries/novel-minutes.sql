-- What did every key do from networks and on routes that were new to it, in each minute from {from} to {until}?
-- One row per key, address (with its /24, IPv6 /64) or route, and levels at which it is new, with since when. Minutes are counted
-- from {from}.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  value,
  network,
  asn,
  network_type,
  arrayMap(at -> tupleElement(at, 1), seen) AS levels,
  arrayMap(at -> toUnixTimestamp(tupleElement(at, 2)), seen) AS seen_s,
  groupArray(toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 60)) AS minutes,
  groupArray(requests) AS requests,
  groupArray(spend_micros) AS spend_micros
FROM (SELECT * FROM sightings WHERE notEmpty(seen) ORDER BY minute)
GROUP BY key_id, observed_by, value, network, asn, network_type, seen
ORDER BY key_id, observed_by, value, asn, network_type
