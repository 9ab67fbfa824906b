-- When was each key last served, and with which scopes since {since}? One row for each key that ever was.
SELECT
  key_id,
  toUnixTimestamp(maxIf(f.last_at, f.level = 'key')) AS last_s,
  groupUniqArrayIf(f.value, f.level = 'scope' AND f.last_at >= {since:DateTime('UTC')}) AS scopes
FROM first_seen AS f
WHERE f.level IN ('key', 'scope') AND f.observed_by != 'provider'
GROUP BY key_id
