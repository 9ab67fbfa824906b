-- What was served to these keys at these addresses between {from} and {to}, in steps of {step} seconds that are counted from {from}? Steps in which all was
-- refused are left out: a value is known from the first one on in which something was served.
SELECT
  key_id,
  observed_by,
  toString(source_ip) AS value,
  asn,
  toString(network_type) AS network_type,
  groupArray(offset) AS at,
  groupArray(step_requests) AS requests,
  groupArray(step_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    source_ip,
    asn,
    network_type,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV {step:UInt32}) AS offset,
    sum(s.served) AS step_requests,
    sum(s.spend_micros) AS step_spend
  FROM source_minutes AS s
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')}
    AND minute < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND source_ip IN {addresses:Array(IPv6)}
  GROUP BY key_id, observed_by, source_ip, asn, network_type, offset
  HAVING step_requests > 0
  ORDER BY offset
)
GROUP BY key_id, observed_by, source_ip, asn, network_type
