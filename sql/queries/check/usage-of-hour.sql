-- How much was every key served in the clock hour that starts at {hour}, in each stretch between marks? {stretches} says for each minute of the
-- hour, as far as it is asked for, which of {count} stretches it lies in. With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  arrayMap(sum -> toFloat64(sum), arraySlice(sumResample(0, 60, 1)(u.served, stretch), 1, {count:UInt8})) AS used_requests,
  arrayMap(sum -> toFloat64(sum), arraySlice(sumResample(0, 60, 1)(u.spend_micros, stretch), 1, {count:UInt8})) AS used_spend
FROM
(
  SELECT
    key_id,
    observed_by,
    served,
    spend_micros,
    {stretches:Array(UInt8)}[(toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')})) DIV 60 + 1] AS stretch
  FROM usage_minutes
  WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')}
    AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
    AND minute < {until:DateTime('UTC')}
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
) AS u
GROUP BY key_id, observed_by
