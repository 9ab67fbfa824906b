-- About how many keys were used from {from} to {until}?
SELECT uniq(key_id) AS keys
FROM usage_hours AS h
WHERE toDate(hour) >= toDate({from:DateTime('UTC')})
  AND hour >= {from:DateTime('UTC')}
  AND hour < {until:DateTime('UTC')}
