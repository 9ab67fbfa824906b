-- In which networks was a key served in the week before {from}, and how much? The five busiest. Whole hours, and minutes at both ends. Without the sources
-- that a page of that week blames, unless people said of the newest one of its cause that it was benign: an attacker is not usual.
WITH
  (
    SELECT arrayMap(
      cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
      groupUniqArrayArray(JSONExtract(f.statistics, 'blamed_networks', 'Array(String)')))
    FROM finding_records AS f
    WHERE f.key_id IN {keys:Array(String)}
      AND f.tick >= {from:DateTime('UTC')} - toIntervalDay(7)
      AND f.tick <= {from:DateTime('UTC')}
      AND f.severity IN ('critical', 'error')
      AND f.cause IN ('leak', 'outside_allowed', 'revoked_use')
      AND f.cause NOT IN
      (
        SELECT cause
        FROM
        (
          SELECT t.cause AS cause, JSONExtractString(t.details, 'person', 'verdict') AS word, t.at AS said_at
          FROM incident_transitions AS t
          WHERE t.key_id IN {keys:Array(String)} AND t.at >= {from:DateTime('UTC')} - toIntervalDay(7) AND word != ''
        )
        GROUP BY cause
        HAVING argMax(word, said_at) = 'benign'
      )
  ) AS blamed
SELECT asn, toString(network) AS network_type, source_ip = toIPv6('::') AS is_unplaced, sum(uses) AS requests, uniqExactIf(source_ip, uses > 0) AS addresses
FROM
(
  SELECT u.asn AS asn, u.network_type AS network, u.source_ip AS source_ip, u.served AS uses
  FROM source_hours AS u
  WHERE toDate(hour) >= toDate({from:DateTime('UTC')}) - 7
    AND hour >= {from:DateTime('UTC')} - toIntervalDay(7)
    AND hour < toStartOfHour({from:DateTime('UTC')})
    AND key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
  UNION ALL
  SELECT u.asn AS asn, u.network_type AS network, u.source_ip AS source_ip, u.served AS uses
  FROM source_minutes AS u
  WHERE
    (
      (
        toStartOfFifteenMinutes(minute) >= toStartOfHour({from:DateTime('UTC')})
        AND toStartOfFifteenMinutes(minute) <= toStartOfFifteenMinutes({from:DateTime('UTC')})
        AND minute < toStartOfMinute({from:DateTime('UTC')})
      )
      OR
      (
        toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')} - toIntervalDay(7))
        AND toStartOfFifteenMinutes(minute) < toStartOfHour({from:DateTime('UTC')} - toIntervalDay(7)) + INTERVAL 1 HOUR
        AND minute >= {from:DateTime('UTC')} - toIntervalDay(7)
        AND toStartOfHour({from:DateTime('UTC')}) != {from:DateTime('UTC')}
      )
    )
    AND key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
)
WHERE NOT arrayExists(range -> source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), blamed)
GROUP BY asn, network_type, is_unplaced
HAVING requests > 0
ORDER BY requests DESC, asn, network_type, is_unplaced
LIMIT 5
