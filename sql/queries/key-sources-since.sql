-- From where was a key used between two instants, how much, and what did it cost? As the check saw it at {as_of}.
SELECT
  source_ip,
  asn,
  network_type,
  toUnixTimestamp64Milli(min(ts)) AS first_ms,
  toUnixTimestamp64Milli(max(ts)) AS last_ms,
  sum(count) AS requests,
  sum(toUInt128(spend_micros)) AS spend_micros,
  groupUniqArray(5)(user_agent) AS user_agents
FROM request_events
WHERE key_id = {key:String}
  AND observed_by = {observed_by:String}
  AND ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
  AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY source_ip, asn, network_type
ORDER BY requests DESC, source_ip
LIMIT 50
