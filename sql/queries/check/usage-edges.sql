-- How much was every key served in each minute in which a window of a tick after {hour} can begin, and in between? These minutes lie in the hours
-- that begin 24, 6 and 1 hours before {hour}; what lies between these is two sums of hour rows. With {keys}: only these.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  arrayMap(sum -> toFloat64(sum), sumForEach(requests)) AS used_requests,
  arrayMap(sum -> toFloat64(sum), sumForEach(spend)) AS used_spend
FROM
(
  SELECT
    key_id,
    observed_by,
    arrayConcat([toUInt64(0), 0], sumResample(0, 180, 1)(u.served, edge)) AS requests,
    arrayConcat([toUInt64(0), 0], sumResample(0, 180, 1)(u.spend_micros, edge)) AS spend
  FROM
  (
    SELECT
      key_id,
      observed_by,
      served,
      spend_micros,
      (toUnixTimestamp(minute) - toUnixTimestamp({hour:DateTime('UTC')}) + 86400) DIV 60 AS offset,
      multiIf(offset < 60, offset, offset < 1140, offset - 1020, offset - 1260) AS edge
    FROM usage_minutes
    WHERE (toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 86400 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} - 82800
        OR toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 21600 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')} - 18000
        OR toStartOfFifteenMinutes(minute) >= {hour:DateTime('UTC')} - 3600 AND toStartOfFifteenMinutes(minute) < {hour:DateTime('UTC')})
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  ) AS u
  GROUP BY key_id, observed_by
  UNION ALL
  SELECT
    key_id,
    observed_by,
    [toUInt64(sumIf(h.served, hour < {hour:DateTime('UTC')} - 21600)), toUInt64(sumIf(h.served, hour >= {hour:DateTime('UTC')} - 18000))] AS requests,
    [sumIf(h.spend_micros, hour < {hour:DateTime('UTC')} - 21600), sumIf(h.spend_micros, hour >= {hour:DateTime('UTC')} - 18000)] AS spend
  FROM usage_hours AS h
  WHERE toDate(hour) >= toDate({hour:DateTime('UTC')} - 82800)
    AND hour >= {hour:DateTime('UTC')} - 82800
    AND hour < {hour:DateTime('UTC')} - 3600
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id, observed_by
)
GROUP BY key_id, observed_by
