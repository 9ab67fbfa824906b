-- How much was every key served in each minute from {from} to {until} in which it was served anything? Minutes are counted from {from}; those of a key
-- come in any order, and several rows of one minute stay apart. With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  groupArray(toFloat64((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 60)) AS at,
  groupArray(toFloat64(u.served)) AS minute_requests,
  groupArray(toFloat64(u.spend_micros)) AS minute_spend
FROM usage_minutes AS u
WHERE toStartOfFifteenMinutes(minute) >= {from:DateTime('UTC')}
  AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
  AND (served > 0 OR spend_micros > 0)
  AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
GROUP BY key_id, observed_by
