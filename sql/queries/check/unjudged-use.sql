-- How much were keys used from {from} to {until} that are not among {keys}: all together, from which networks, and by the report of which
-- sources? The three largest of each.
SELECT 'all' AS kind, '' AS name, uniq(key_id) AS keys, sum(u.requests) AS requests
FROM usage_hours AS u
WHERE toDate(hour) >= toDate({from:DateTime('UTC')}) AND hour >= {from:DateTime('UTC')} AND hour < {until:DateTime('UTC')}
  AND key_id NOT IN {keys:Array(String)}
UNION ALL
SELECT kind, name, keys, requests
FROM
(
  SELECT
    'network' AS kind,
    if(asn = 0, toString(network_type), concat('AS', toString(asn), ' (', toString(network_type), ')')) AS name,
    uniq(key_id) AS keys,
    sum(s.requests) AS requests
  FROM source_hours AS s
  WHERE toDate(hour) >= toDate({from:DateTime('UTC')}) AND hour >= {from:DateTime('UTC')} AND hour < {until:DateTime('UTC')}
    AND key_id NOT IN {keys:Array(String)}
  GROUP BY name
  ORDER BY requests DESC, name
  LIMIT 3
)
UNION ALL
SELECT kind, name, keys, requests
FROM
(
  SELECT 'source' AS kind, r.ingest_source AS name, uniq(r.key_id) AS keys, sum(r.count) AS requests
  FROM requests AS r
  WHERE r.ts >= {from:DateTime('UTC')} AND r.ts < {until:DateTime('UTC')}
    AND r.key_id NOT IN {keys:Array(String)}
  GROUP BY name
  ORDER BY requests DESC, name
  LIMIT 3
)
