-- Which addresses were refused with these keys between {from} and {to} before they had ever been served with them, minute by minute from {from} on? The busiest
-- {most} of each key.
SELECT key_id, observed_by, value, asn, network_type, first_s, at, requests
FROM
(
  SELECT
    key_id,
    observed_by,
    toString(source_ip) AS value,
    max(minute_asn) AS asn,
    toString(argMax(minute_type, minute_asn)) AS network_type,
    toUnixTimestamp(min(minute)) AS first_s,
    groupArray(toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 60)) AS at,
    groupArray(minute_denied) AS requests,
    sum(minute_denied) AS total
  FROM
  (
    SELECT
      key_id,
      observed_by,
      source_ip,
      minute,
      max(s.asn) AS minute_asn,
      argMax(s.network_type, s.asn) AS minute_type,
      sum(s.denied) AS minute_denied
    FROM source_minutes AS s
    WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
      AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
      AND minute >= {from:DateTime('UTC')}
      AND minute < {to:DateTime('UTC')}
      AND key_id IN {keys:Array(String)}
    GROUP BY key_id, observed_by, source_ip, minute
    HAVING minute_denied > 0
    ORDER BY key_id, observed_by, source_ip, minute
  )
  GROUP BY key_id, observed_by, source_ip
) AS refused
LEFT JOIN
(
  SELECT key_id, observed_by, value, toUnixTimestamp(min(f.first_at)) AS served_s
  FROM first_seen AS f
  WHERE level = 'ip' AND key_id IN {keys:Array(String)}
  GROUP BY key_id, observed_by, value
) AS known USING (key_id, observed_by, value)
WHERE served_s = 0 OR served_s > first_s
ORDER BY key_id, observed_by, total DESC, value
LIMIT {most:UInt32} BY key_id, observed_by
