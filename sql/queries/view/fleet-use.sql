-- What did these keys do in each of the hours of the 24 before {now}, the last one begun, and how many requests had their busiest minute in the 24 hours? Hours are counted from the first. The sums of
-- fleet-hours, from minutes: these are read for the busiest one in any case.
SELECT
  key_id,
  observed_by,
  groupArrayIf(offset, offset > 0) AS at,
  groupArrayIf(hour_requests, offset > 0) AS requests,
  sumIf(hour_spend, offset > 0) AS spend_micros,
  sumIf(hour_throttled, offset > 0) AS throttled,
  max(hour_busiest) AS busiest_minute
FROM
(
  SELECT
    key_id,
    observed_by,
    -- 0: the hour in which the 24 began, of which a part alone is in them.
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp(toStartOfHour({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR))) DIV 3600) AS offset,
    sum(minute_requests) AS hour_requests,
    sum(minute_spend) AS hour_spend,
    sum(minute_throttled) AS hour_throttled,
    maxIf(minute_requests, minute <= {now:DateTime64(3, 'UTC')}) AS hour_busiest
  FROM
  (
    SELECT
      key_id,
      observed_by,
      minute,
      sum(m.requests) AS minute_requests,
      sum(m.spend_micros) AS minute_spend,
      sum(m.throttled) AS minute_throttled
    FROM usage_minutes AS m
    WHERE minute > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
      AND minute < toStartOfHour({now:DateTime64(3, 'UTC')}) + INTERVAL 1 HOUR
      AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
      AND toDate(minute) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
      AND key_id IN {keys:Array(String)}
      AND observed_by != 'provider'
    GROUP BY key_id, observed_by, minute
  )
  GROUP BY key_id, observed_by, offset
  ORDER BY key_id, observed_by, offset
)
GROUP BY key_id, observed_by
HAVING notEmpty(at)
ORDER BY key_id, observed_by
