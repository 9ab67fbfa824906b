-- Which keys were served with which scopes since {since}? A row for each scope.
SELECT value AS scope, groupArray(key_id) AS key_ids
FROM
(
  SELECT DISTINCT value, key_id
  FROM keys_by_value AS k
  WHERE level = 'scope' AND observed_by != 'provider' AND k.last_at >= {since:DateTime('UTC')}
)
GROUP BY scope
