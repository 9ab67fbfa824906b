-- From which networks was {keys} (the ids of one key) used in each {step} seconds (an hour or a day) from {from} to {to}, since when ever, and how much? The busiest first, at most {most}. What came without an
-- address is in none, and told by itself.
SELECT asn, network_type, is_unplaced, seen.first_s AS first_s, used.steps AS steps, used.requests AS requests, used.spend_micros AS spend_micros
FROM
(
  SELECT
    asn,
    network_type,
    is_unplaced,
    groupArray(step_offset) AS steps,
    groupArray(step_requests) AS requests,
    groupArray(step_spend) AS spend_micros
  FROM
  (
    SELECT
      s.asn AS asn,
      toString(s.network_type) AS network_type,
      s.source_ip = toIPv6('::') AS is_unplaced,
      toUInt32(intDiv(toUnixTimestamp(hour) - toUnixTimestamp({from:DateTime('UTC')}), {step:UInt32})) AS step_offset,
      sum(s.requests) AS step_requests,
      sum(s.spend_micros) AS step_spend
    FROM source_hours AS s
    WHERE toDate(hour) >= toDate({from:DateTime('UTC')})
      AND toDate(hour) <= toDate({to:DateTime('UTC')})
      AND hour >= {from:DateTime('UTC')}
      AND hour < {to:DateTime('UTC')}
      AND key_id IN {keys:Array(String)}
      AND observed_by = {observed_by:String}
    GROUP BY asn, network_type, is_unplaced, step_offset
    ORDER BY step_offset
  )
  GROUP BY asn, network_type, is_unplaced
  ORDER BY arraySum(requests) DESC, asn, network_type, is_unplaced
  LIMIT {most:UInt32}
) AS used
LEFT JOIN
(
  SELECT if(f.level = 'asn', toUInt32OrZero(f.value), 0) AS asn, f.level = 'ip' AS is_unplaced, toUnixTimestamp(min(f.first_at)) AS first_s
  FROM first_seen AS f
  WHERE key_id IN {keys:Array(String)} AND observed_by = {observed_by:String} AND (f.level = 'asn' AND f.value != '0' OR f.level = 'ip' AND f.value = '::')
  GROUP BY asn, is_unplaced
) AS seen USING (asn, is_unplaced)
ORDER BY arraySum(requests) DESC, asn, network_type, is_unplaced
