-- Which routes and scopes did a key touch from {from} to {to} that it had never touched before, and how often? The ten busiest.
SELECT toString(seen.level) AS level, seen.value AS value, sum(r.count) AS requests, sumIf(r.count, r.status IN (401, 403)) AS refused, sum(toUInt128(r.spend_micros)) AS spend_micros
FROM
(
  SELECT f.level AS level, f.value AS value
  FROM first_seen AS f
  WHERE key_id = {key:String} AND observed_by = {observed_by:String} AND f.level IN ('route', 'scope') AND f.value != ''
  GROUP BY level, value
  HAVING min(f.first_at) >= {from:DateTime('UTC')} AND min(f.first_at) < {to:DateTime('UTC')}
) AS seen
INNER JOIN
(
  SELECT arrayJoin([('route', e.route), ('scope', e.scope)]) AS use, e.count, e.status, e.spend_micros
  FROM requests AS e
  WHERE key_id = {key:String} AND observed_by = {observed_by:String} AND ts >= {from:DateTime('UTC')} AND ts < {to:DateTime('UTC')}
) AS r ON r.use.1 = toString(seen.level) AND r.use.2 = seen.value
GROUP BY level, value
ORDER BY requests DESC, level, value
LIMIT 10
