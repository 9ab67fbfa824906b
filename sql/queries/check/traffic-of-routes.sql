-- What was served to these keys on these routes between {from} and {to}, in steps of {step} seconds that are counted from {from}? Steps in which all was
-- refused are left out: a value is known from the first one on in which something was served.
SELECT
  key_id,
  observed_by,
  value,
  groupArray(offset) AS at,
  groupArray(step_requests) AS requests,
  groupArray(step_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    toString(route) AS value,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV {step:UInt32}) AS offset,
    sum(r.served) AS step_requests,
    sum(r.spend_micros) AS step_spend
  FROM route_minutes AS r
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
    AND minute >= {from:DateTime('UTC')}
    AND minute < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND route IN {routes:Array(String)}
  GROUP BY key_id, observed_by, value, offset
  HAVING step_requests > 0
  ORDER BY offset
)
GROUP BY key_id, observed_by, value
