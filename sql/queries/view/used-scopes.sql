-- Which keys were served with which scopes since {since}? A row for all keys that used the same ones: an object for each key would be most of the work.
SELECT scopes, groupArray(key_id) AS key_ids
FROM
(
  SELECT key_id, arraySort(groupUniqArray(value)) AS scopes
  FROM keys_by_value AS k
  WHERE level = 'scope' AND observed_by != 'provider' AND k.last_at >= {since:DateTime('UTC')}
  GROUP BY key_id
)
GROUP BY scopes
