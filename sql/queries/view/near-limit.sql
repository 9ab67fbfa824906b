-- Which keys averaged {share} thousandths or more of their limit (as it is now) over a whole hour between {from} and {to}, as each observer saw it? How often, when worst, and how near? The nearest first.
-- The same as analyst-near-limit, from few rows: an hour of a key is one row of each part at most, so that of the rows of one that reached its limit one has a
-- share of it as large as one part of all. What has no such row is not summed up.
WITH
  limits AS (SELECT key_id, assumeNotNull(limit_per_minute) AS limit_per_minute FROM keys WHERE limit_per_minute > 0),
  (
    SELECT max(parts)
    FROM (SELECT uniqExact(_part) AS parts FROM usage_hours WHERE _part_offset = 0 GROUP BY _partition_id)
  ) AS most_parts,
  busy AS
  (
    SELECT DISTINCT b.key_id AS key_id, b.hour AS hour
    FROM
    (
      SELECT r.key_id AS key_id, r.hour AS hour, r.requests AS requests
      FROM usage_hours AS r
      WHERE toDate(r.hour) >= toDate({from:DateTime64(3, 'UTC')})
        AND toDate(r.hour) <= toDate({to:DateTime64(3, 'UTC')})
        AND r.hour >= {from:DateTime64(3, 'UTC')}
        AND r.hour < {to:DateTime64(3, 'UTC')}
        AND r.observed_by != 'provider'
        AND r.requests * 1000 * ifNull(most_parts, 1) >= (SELECT min(v.limit_per_minute) FROM key_versions AS v WHERE v.limit_per_minute > 0) * 60 * {share:UInt32}
    ) AS b
    INNER JOIN limits AS l ON l.key_id = b.key_id
    WHERE b.requests * 1000 * ifNull(most_parts, 1) >= l.limit_per_minute * 60 * {share:UInt32}
  )
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
FROM
(
  SELECT h.key_id AS key_id, h.observed_by AS observed_by, h.hour AS hour, sum(h.requests) AS requests, sum(h.throttled) AS throttled
  FROM usage_hours AS h
  WHERE (toDate(h.hour), h.key_id, h.hour) IN (SELECT toDate(hour), key_id, hour FROM busy)
    AND h.observed_by != 'provider'
  GROUP BY key_id, observed_by, hour
) AS u
INNER JOIN limits AS k ON k.key_id = u.key_id
WHERE u.requests * 1000 >= k.limit_per_minute * 60 * {share:UInt32}
GROUP BY key_id, observed_by
ORDER BY worst_requests / any(k.limit_per_minute) DESC, key_id, observed_by
LIMIT {most:UInt32}
