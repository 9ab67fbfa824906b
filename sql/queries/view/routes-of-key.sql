-- On which routes was {keys} (the ids of one key) used from {from} to {to}, how much, and since when ever? The busiest first, at most {most}.
SELECT used.method AS method, used.route AS route, used.requests AS requests, used.errors AS errors, used.spend_micros AS spend_micros, seen.first_s AS first_s
FROM
(
  SELECT r.method AS method, r.route AS route, sum(r.requests) AS requests, sum(r.errors) AS errors, sum(r.spend_micros) AS spend_micros
  FROM route_hours AS r
  WHERE toDate(hour) >= toDate({from:DateTime('UTC')})
    AND toDate(hour) <= toDate({to:DateTime('UTC')})
    AND hour >= {from:DateTime('UTC')}
    AND hour < {to:DateTime('UTC')}
    AND key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
  GROUP BY method, route
  ORDER BY requests DESC, method, route
  LIMIT {most:UInt32}
) AS used
LEFT JOIN
(
  SELECT f.value AS route, toUnixTimestamp(min(f.first_at)) AS first_s
  FROM first_seen AS f
  WHERE key_id IN {keys:Array(String)} AND observed_by = {observed_by:String} AND f.level = 'route'
  GROUP BY route
) AS seen USING (route)
ORDER BY requests DESC, method, route
