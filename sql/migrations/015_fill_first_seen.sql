CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_fill TO first_seen AS
SELECT
  key_id,
  observed_by,
  tupleElement(seen, 1) AS level,
  tupleElement(seen, 2) AS value,
  toStartOfMinute(min(served.known_at)) AS first_at,
  toStartOfMinute(max(served.last_ts)) AS last_at
FROM
(
  SELECT
    key_id,
    observed_by,
    source_ip,
    asn,
    route,
    scope,
    substringUTF8(lowerUTF8(extract(user_agent, '^[^/ ]+')), 1, 64) AS client,
    min(if(is_history, ts, greatest(ts, ingested_at - toIntervalDay(1)))) AS known_at,
    max(ts) AS last_ts
  FROM requests
  WHERE is_served
  GROUP BY key_id, observed_by, source_ip, asn, route, scope, client
) AS served
ARRAY JOIN [('key', ''), ('ip', toString(source_ip)), ('asn', toString(asn)), ('route', toString(route)), ('scope', toString(scope)), ('user_agent', client)] AS seen
WHERE NOT (tupleElement(seen, 1) IN ('scope', 'user_agent') AND tupleElement(seen, 2) = '')
GROUP BY key_id, observed_by, level, value
