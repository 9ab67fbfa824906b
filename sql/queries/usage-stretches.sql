-- How much did these keys use in each of these stretches of time, as one sum from {froms} to {tills} and minute by minute from there to
-- {tos}? Epoch seconds, whole minutes; no keys: every key. Sums are hour rows inside and minute rows at their edges. {blocks} are all
-- quarters of an hour of which minute rows are needed, {days} all days of which hour rows are.
SELECT
  stretch,
  key_id,
  observed_by,
  sumIf(requests, is_hour OR start < till) AS sum_requests,
  sumIf(spend_micros, is_hour OR start < till) AS sum_spend,
  arraySort(groupArrayIf((start, requests, spend_micros), NOT is_hour AND start >= till)) AS series
FROM
(
  SELECT
    key_id,
    observed_by,
    start,
    is_hour,
    requests,
    spend_micros,
    -- A minute row counts towards a sum only where its hour is not wholly inside; elsewhere the hour row speaks for it.
    arrayJoin(arrayFilter(
      i -> if(is_hour,
        start >= {froms:Array(UInt32)}[i] AND start + 3600 <= {tills:Array(UInt32)}[i],
        (start >= {tills:Array(UInt32)}[i] AND start < {tos:Array(UInt32)}[i])
          OR (start >= {froms:Array(UInt32)}[i] AND start < {tills:Array(UInt32)}[i]
            AND NOT (hour_start >= {froms:Array(UInt32)}[i] AND hour_start + 3600 <= {tills:Array(UInt32)}[i]))),
      arrayEnumerate({froms:Array(UInt32)}))) AS stretch,
    {tills:Array(UInt32)}[stretch] AS till
  FROM
  (
    SELECT key_id, observed_by, toUnixTimestamp(minute) AS start, toUnixTimestamp(toStartOfHour(minute)) AS hour_start, false AS is_hour,
      sum(u.requests) AS requests, sum(u.spend_micros) AS spend_micros
    FROM usage_minutes AS u
    WHERE toStartOfFifteenMinutes(minute) IN (SELECT arrayJoin(arrayMap(s -> toDateTime(s, 'UTC'), {blocks:Array(UInt32)})))
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
    GROUP BY key_id, observed_by, minute
    UNION ALL
    SELECT key_id, observed_by, toUnixTimestamp(hour) AS start, start AS hour_start, true AS is_hour,
      sum(u.requests) AS requests, sum(u.spend_micros) AS spend_micros
    FROM usage_hours AS u
    WHERE toDate(hour) IN {days:Array(Date)}
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
    GROUP BY key_id, observed_by, hour
  )
)
GROUP BY stretch, key_id, observed_by
ORDER BY stretch, key_id, observed_by
