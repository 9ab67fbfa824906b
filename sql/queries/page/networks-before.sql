-- In which networks was a key served in the week before {from}, and how much? The five busiest.
SELECT asn, network_type, names.name AS network_name, is_unplaced, requests, addresses
FROM
(
  SELECT u.asn AS asn, toString(u.network_type) AS network_type, u.source_ip = toIPv6('::') AS is_unplaced, sum(u.served) AS requests, uniqExactIf(u.source_ip, u.served > 0) AS addresses
  FROM source_hours AS u
  WHERE toDate(hour) >= toDate({from:DateTime('UTC')}) - 7
    AND hour >= {from:DateTime('UTC')} - toIntervalDay(7)
    AND hour < toStartOfHour({from:DateTime('UTC')})
    AND key_id = {key:String}
    AND observed_by = {observed_by:String}
  GROUP BY asn, network_type, is_unplaced
  HAVING requests > 0
  ORDER BY requests DESC, asn, network_type, is_unplaced
  LIMIT 5
) AS used
LEFT JOIN (SELECT asn, any(n.name) AS name FROM networks AS n WHERE n.asn > 0 GROUP BY asn) AS names USING (asn)
ORDER BY requests DESC, asn, network_type, is_unplaced
