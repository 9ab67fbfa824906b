-- Which keys averaged {share} thousandths or more of their limit (as it is now) over a whole hour between {from} and {to}, as each observer saw it? How often, when worst, and how near? The nearest first. For analysts: over the views that they may read.
SELECT
  u.key_id AS key_id,
  toString(u.observed_by) AS observed_by,
  any(k.limit_per_minute) AS limit_per_minute,
  count() AS hours,
  toUnixTimestamp(min(u.hour)) AS first_s,
  toUnixTimestamp(max(u.hour)) AS last_s,
  toUnixTimestamp(argMax(u.hour, (u.requests, u.hour))) AS worst_s,
  max(u.requests) AS worst_requests,
  sum(u.throttled) AS throttled
FROM usage_per_hour AS u
INNER JOIN (SELECT key_id, assumeNotNull(limit_per_minute) AS limit_per_minute FROM keys WHERE limit_per_minute > 0) AS k ON k.key_id = u.key_id
WHERE u.hour >= {from:DateTime64(3, 'UTC')}
  AND u.hour < {to:DateTime64(3, 'UTC')}
  AND u.observed_by != 'provider'
  AND u.requests * 1000 >= k.limit_per_minute * 60 * {share:UInt32}
GROUP BY key_id, observed_by
ORDER BY worst_requests / any(k.limit_per_minute) DESC, key_id, observed_by
LIMIT {most:UInt32}
