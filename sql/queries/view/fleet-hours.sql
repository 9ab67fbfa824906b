-- What did these keys do in each of the hours of the 24 before {now}, the last one begun? Hours are counted from the first.
SELECT
  key_id,
  observed_by,
  groupArray(offset) AS at,
  groupArray(hour_requests) AS requests,
  sum(hour_spend) AS spend_micros,
  sum(hour_throttled) AS throttled
FROM
(
  SELECT
    key_id,
    observed_by,
    toUInt32((toUnixTimestamp(hour) - toUnixTimestamp(toStartOfHour({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR))) DIV 3600) AS offset,
    sum(h.requests) AS hour_requests,
    sum(h.spend_micros) AS hour_spend,
    sum(h.throttled) AS hour_throttled
  FROM usage_hours AS h
  WHERE hour > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
    AND hour <= {now:DateTime64(3, 'UTC')}
    AND toDate(hour) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
    AND key_id IN {keys:Array(String)}
    AND observed_by != 'provider'
  GROUP BY key_id, observed_by, offset
  ORDER BY key_id, observed_by, offset
)
GROUP BY key_id, observed_by
ORDER BY key_id, observed_by
