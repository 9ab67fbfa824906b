-- Which keys were served since {since}? All of them in one row: an object for each would be most of the work.
SELECT groupArray(key_id) AS key_ids
FROM
(
  SELECT key_id
  FROM used_keys AS u
  WHERE observed_by != 'provider'
  GROUP BY key_id
  HAVING max(u.last_at) >= {since:DateTime('UTC')}
)
