-- How much was every key served in each of {count} steps of {step} seconds from {from} on, up to {until}? A key that was served nothing has
-- no row. With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  arrayMap(sum -> toFloat64(sum), sumResample(0, {count:UInt8}, 1)(u.served, at)) AS step_requests,
  arrayMap(sum -> toFloat64(sum), sumResample(0, {count:UInt8}, 1)(u.spend_micros, at)) AS step_spend
FROM
(
  SELECT
    key_id,
    observed_by,
    served,
    spend_micros,
    (toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV {step:UInt32} AS at
  FROM usage_minutes
  WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND minute >= {from:DateTime('UTC')}
    AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
    AND minute < {until:DateTime('UTC')}
    AND (served > 0 OR spend_micros > 0)
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
) AS u
GROUP BY key_id, observed_by
