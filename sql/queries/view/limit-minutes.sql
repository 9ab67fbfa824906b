-- Between two instants, in how many minutes did each observer see the key {keys} (all its ids) in use, how much was served in the p99.9 of them, and at most in those
-- without a 429; and what was served in the minutes with 429s?
SELECT
  count() AS minutes,
  quantileExactHigh(0.999)(m.served) AS p999,
  maxIf(m.served, m.refused = 0) AS most_unthrottled,
  groupArrayIf(intDiv(toUnixTimestamp(m.minute), 86400), m.refused > 0) AS throttled_days,
  groupArrayIf(m.served, m.refused > 0) AS throttled_served
FROM
(
  SELECT u.observed_by AS observed_by, u.minute AS minute, sum(u.requests) - sum(u.throttled) AS served, sum(u.throttled) AS refused
  FROM usage_minutes AS u
  WHERE u.key_id IN {keys:Array(String)} AND u.observed_by != 'provider'
    AND toStartOfFifteenMinutes(u.minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
    AND u.minute >= {from:DateTime('UTC')} AND u.minute < {to:DateTime('UTC')}
  GROUP BY observed_by, minute
  ORDER BY observed_by, minute
) AS m
GROUP BY m.observed_by
ORDER BY sum(m.served) DESC, toString(m.observed_by)
