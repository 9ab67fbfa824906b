-- Which routes and scopes did a key touch from {from} to {to} that it had never been served before, and how often? The ten busiest, as the
-- check saw them at {as_of}; from the beginning of the minute, as checks count.
SELECT r.use.1 AS level, r.use.2 AS value, sum(r.count) AS requests, sumIf(r.count, r.status IN (401, 403)) AS refused, sum(toUInt128(r.spend_micros)) AS spend_micros
FROM
(
  SELECT arrayJoin([('route', toString(e.route)), ('scope', toString(e.scope))]) AS use, e.count, e.status, e.spend_micros
  FROM requests AS e
  WHERE key_id IN {keys:Array(String)} AND observed_by = {observed_by:String} AND ts >= toStartOfMinute({from:DateTime('UTC')}) AND ts < {to:DateTime('UTC')}
    AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
) AS r
WHERE value != '' AND (level, value) NOT IN
(
  SELECT toString(f.level), f.value
  FROM first_seen AS f
  WHERE key_id IN {keys:Array(String)} AND observed_by = {observed_by:String} AND f.level IN ('route', 'scope') AND f.first_at < toStartOfMinute({from:DateTime('UTC')})
)
GROUP BY level, value
ORDER BY requests DESC, level, value
LIMIT 10
