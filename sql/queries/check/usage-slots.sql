-- How much was every key served in each slot of five minutes of the day that starts at {hour} and of the day before it? With {keys}: only these.
SELECT
  key_id,
  observed_by,
  groupArray(slot) AS slots,
  groupArray(slot_requests) AS requests,
  groupArray(slot_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 300) AS slot,
    sum(u.served) AS slot_requests,
    sum(u.spend_micros) AS slot_spend
  FROM usage_minutes AS u
  WHERE toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400
    AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} + 86400
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id, observed_by, slot
  ORDER BY key_id, observed_by, slot
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
