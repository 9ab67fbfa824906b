-- How much had every key used since 24 hours before {hour} at each minute in which a window of an hour of ticks can begin?
-- These lie in the hours that begin 24, 6 and 1 hours before {hour}, 61 marks each; what lies between is taken from hour rows.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  arrayMap(sum -> toFloat64(sum), arrayConcat(
    arrayPushFront(arrayCumSum(arraySlice(requests, 1, 60)) AS first_requests, 0),
    arrayMap(sum -> sum + first_requests[60] + middle_requests[1], arrayPushFront(arrayCumSum(arraySlice(requests, 61, 60)) AS second_requests, 0)),
    arrayMap(sum -> sum + first_requests[60] + second_requests[60] + middle_requests[1] + middle_requests[2],
      arrayPushFront(arrayCumSum(arraySlice(requests, 121, 60)), 0)))) AS used_requests,
  arrayMap(sum -> toFloat64(sum), arrayConcat(
    arrayPushFront(arrayCumSum(arraySlice(spend, 1, 60)) AS first_spend, 0),
    arrayMap(sum -> sum + first_spend[60] + middle_spend[1], arrayPushFront(arrayCumSum(arraySlice(spend, 61, 60)) AS second_spend, 0)),
    arrayMap(sum -> sum + first_spend[60] + second_spend[60] + middle_spend[1] + middle_spend[2],
      arrayPushFront(arrayCumSum(arraySlice(spend, 121, 60)), 0)))) AS used_spend
FROM
(
  SELECT
    key_id,
    observed_by,
    sumForEach(minute_requests) AS requests,
    sumForEach(minute_spend) AS spend,
    sumForEach(hour_requests) AS middle_requests,
    sumForEach(hour_spend) AS middle_spend
  FROM
  (
    SELECT
      key_id,
      observed_by,
      sumResample(0, 180, 1)(u.requests, edge) AS minute_requests,
      sumResample(0, 180, 1)(u.spend_micros, edge) AS minute_spend,
      arrayResize(emptyArrayUInt64(), 2) AS hour_requests,
      arrayResize(emptyArrayUInt64(), 2) AS hour_spend
    FROM
    (
      SELECT
        key_id,
        observed_by,
        requests,
        spend_micros,
        (toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 60 AS offset,
        multiIf(offset < 60, offset, offset < 1140, offset - 1020, offset - 1260) AS edge
      FROM usage_minutes
      WHERE (toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} - 82800
          OR toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 21600 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} - 18000
          OR toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 3600 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')})
        AND observed_by != 'provider'
    ) AS u
    GROUP BY key_id, observed_by
    UNION ALL
    SELECT
      key_id,
      observed_by,
      arrayResize(emptyArrayUInt64(), 180) AS minute_requests,
      arrayResize(emptyArrayUInt64(), 180) AS minute_spend,
      [sumIf(h.requests, hour < {hour:DateTime('UTC')} - 21600), sumIf(h.requests, hour >= {hour:DateTime('UTC')} - 18000)] AS hour_requests,
      [sumIf(h.spend_micros, hour < {hour:DateTime('UTC')} - 21600), sumIf(h.spend_micros, hour >= {hour:DateTime('UTC')} - 18000)] AS hour_spend
    FROM usage_hours AS h
    WHERE toDate(hour) >= toDate({hour:DateTime('UTC')} - 82800)
      AND hour >= {hour:DateTime('UTC')} - 82800
      AND hour < {hour:DateTime('UTC')} - 3600
      AND observed_by != 'provider'
    GROUP BY key_id, observed_by
  )
  GROUP BY key_id, observed_by
)
ORDER BY key_id, observed_by
