CREATE VIEW IF NOT EXISTS first_seen_as_of AS
SELECT key_id, observed_by, level, value, min(first_at) AS first_at, max(last_at) AS last_at
FROM
(
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
      substringUTF8(lowerUTF8(extract(user_agent, '^[^/ ]+')), 1, 64) AS client,
      min(if(is_history, ts, greatest(ts, ingested_at - toIntervalDay(1)))) AS known_at,
      max(ts) AS last_ts
    FROM requests
    WHERE is_served AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY key_id, observed_by, source_ip, asn, route, client
  ) AS served
  ARRAY JOIN [('key', ''), ('ip', toString(source_ip)), ('asn', toString(asn)), ('route', toString(route)), ('user_agent', client)] AS seen
  WHERE NOT (tupleElement(seen, 1) = 'user_agent' AND tupleElement(seen, 2) = '')
  GROUP BY key_id, observed_by, level, value
  UNION ALL
  SELECT key_id, observed_by, toString(level), value, f.first_at, f.last_at
  FROM first_seen AS f
  WHERE toDate(f.first_at) < (SELECT min(toDate(ts)) FROM requests)
  UNION ALL
  SELECT
    key_id,
    CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
    tupleElement(seen, 1) AS level,
    tupleElement(seen, 2) AS value,
    min(toDateTime(hour + 3540, 'UTC')) AS first_at,
    max(toDateTime(hour + 3540, 'UTC')) AS last_at
  FROM provider_reports
  ARRAY JOIN [('key', ''), ('ip', '::'), ('asn', '0'), ('route', toString(item))] AS seen
  WHERE reported_at <= {as_of:DateTime64(3, 'UTC')} AND (added_requests > 0 OR added_unit_millis > 0 OR added_spend_micros > 0)
  GROUP BY key_id, level, value
)
GROUP BY key_id, observed_by, level, value
COMMENT 'What first_seen held as of an instant: from raw rows, and from first_seen for what is older than the oldest raw row.'
