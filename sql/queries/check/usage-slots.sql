-- How much was every key served in each slot of five minutes of the day that starts at {hour} and of the day before it? With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  arrayMap(x -> toFloat64(x), slot_requests) AS requests,
  arrayMap(x -> toFloat64(x), slot_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    -- An array for each key takes half the time that a group for each of its slots does.
    sumResample(0, 576, 1)(u.served, toUInt16((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300)) AS slot_requests,
    sumResample(0, 576, 1)(u.spend_micros, toUInt16((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300)) AS slot_spend
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
    AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 86400
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id, observed_by
)
ORDER BY key_id, observed_by
