-- How many keys were used on one UTC day only, of those that were used before {until}, and how many lived for less than a day: their last use is
-- over by a day? Nothing is known of what is usual for either.
SELECT
  countIf(toDate(first_hour) = toDate(last_hour)) AS keys,
  countIf(dateDiff('hour', first_hour, last_hour) < 24 AND dateDiff('hour', last_hour, newest_hour) >= 24) AS short_lived
FROM
(
  SELECT min(hour) AS first_hour, max(hour) AS last_hour, max(last_hour) OVER () AS newest_hour
  FROM usage_hours AS h
  WHERE hour < {until:DateTime('UTC')}
  GROUP BY key_id
)
