-- How much was every key served in each slot of five minutes of the day that starts at {hour} and of the day before it, in any order? With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  groupArray(toFloat64(slot)) AS slots,
  groupArray(slot_requests) AS requests,
  groupArray(slot_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    toUInt16((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300) AS slot,
    toFloat64(sum(u.served)) AS slot_requests,
    toFloat64(sum(u.spend_micros)) AS slot_spend
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
    AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 86400
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id, observed_by, slot
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
