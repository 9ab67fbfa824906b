CREATE VIEW IF NOT EXISTS first_seen_as_of AS
SELECT key_id, observed_by, level, value, min(first_at) AS first_at, max(last_at) AS last_at
FROM
(
  SELECT key_id, observed_by, 'key' AS level, '' AS value, toStartOfMinute(min(ts)) AS first_at, toStartOfMinute(max(ts)) AS last_at
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY key_id, observed_by
  UNION ALL
  SELECT key_id, observed_by, 'ip' AS level, toString(source_ip) AS value, toStartOfMinute(min(ts)), toStartOfMinute(max(ts))
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY key_id, observed_by, source_ip
  UNION ALL
  SELECT key_id, observed_by, 'asn' AS level, toString(asn) AS value, toStartOfMinute(min(ts)), toStartOfMinute(max(ts))
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY key_id, observed_by, asn
  UNION ALL
  SELECT key_id, observed_by, 'route' AS level, route AS value, toStartOfMinute(min(ts)), toStartOfMinute(max(ts))
  FROM requests
  WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY key_id, observed_by, route
  UNION ALL
  SELECT key_id, observed_by, toString(level), value, f.first_at, f.last_at
  FROM first_seen AS f
  WHERE toDate(f.first_at) < (SELECT min(toDate(ts)) FROM requests)
)
GROUP BY key_id, observed_by, level, value
COMMENT 'What first_seen held as of an instant: from raw rows, and from first_seen for what is older than the oldest raw row.'
