-- How much did these keys use between {from} and {to}: as one sum up to {till}, and minute by minute from there? Epoch seconds, whole minutes;
-- no keys: every key. The sum is hour rows from {first_hour} to {last_hour} and minute rows at its edges. Several rows of one minute stay apart.
SELECT
  key_id,
  observed_by,
  sumIf(requests, is_hour OR start < {till:UInt32}) AS sum_requests,
  sumIf(spend_micros, is_hour OR start < {till:UInt32}) AS sum_spend,
  arraySort(groupArrayIf((start, requests, spend_micros), NOT is_hour AND start >= {till:UInt32})) AS series
FROM
(
  SELECT key_id, observed_by, toUnixTimestamp(minute) AS start, false AS is_hour, u.requests AS requests, u.spend_micros AS spend_micros
  FROM usage_minutes AS u
  WHERE (toStartOfFifteenMinutes(minute) < toDateTime({first_hour:UInt32}, 'UTC') OR toStartOfFifteenMinutes(minute) >= toDateTime({last_hour:UInt32}, 'UTC'))
    AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes(toDateTime({from:UInt32}, 'UTC'))
    AND toStartOfFifteenMinutes(minute) < toDateTime({to:UInt32}, 'UTC')
    AND minute >= toDateTime({from:UInt32}, 'UTC')
    AND minute < toDateTime({to:UInt32}, 'UTC')
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  UNION ALL
  SELECT key_id, observed_by, toUnixTimestamp(hour) AS start, true AS is_hour, u.requests AS requests, u.spend_micros AS spend_micros
  FROM usage_hours AS u
  WHERE toDate(hour) >= toDate(toDateTime({first_hour:UInt32}, 'UTC'))
    AND toDate(hour) <= toDate(toDateTime({last_hour:UInt32}, 'UTC'))
    AND hour >= toDateTime({first_hour:UInt32}, 'UTC')
    AND hour < toDateTime({last_hour:UInt32}, 'UTC')
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
