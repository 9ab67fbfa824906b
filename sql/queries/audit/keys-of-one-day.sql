-- How many keys were used on one UTC day only, of those that were used before {until}? Nothing is known of what is usual for them.
SELECT count() AS keys
FROM
(
  SELECT key_id
  FROM usage_hours AS h
  WHERE hour < {until:DateTime('UTC')}
  GROUP BY key_id
  HAVING min(toDate(hour)) = max(toDate(hour))
)
