-- Which session keys and which TLS clients did {unknownSources} use a key with between {from} and {to}, of what was recorded until {visible}? Of each
-- kind the 1,000 busiest, and in every row how many there are.
SELECT
  toString(level) AS level,
  value,
  toUnixTimestamp64Milli(min(ts)) AS first_ms,
  toUnixTimestamp64Milli(max(ts)) AS last_ms,
  sum(e.count) AS requests,
  uniqExact(source_ip) AS addresses,
  count() OVER (PARTITION BY level) AS alike
FROM
(
  SELECT
    ts,
    count,
    source_ip,
    arrayJoin([('session_key', session_key_id), ('tls_fingerprint', tls_fingerprint)]) AS told,
    tupleElement(told, 1) AS level,
    tupleElement(told, 2) AS value
  FROM request_events
  WHERE key_id IN {keys:Array(String)}
    AND observed_by != 'provider'
    AND ts >= {from:DateTime64(3, 'UTC')}
    AND ts < {to:DateTime64(3, 'UTC')}
    AND ingested_at <= {visible:DateTime64(3, 'UTC')}
    AND source_ip IN {unknownSources:Array(IPv6)}
) AS e
WHERE value != ''
GROUP BY level, value
ORDER BY level, requests DESC, value
LIMIT 1000 BY level
