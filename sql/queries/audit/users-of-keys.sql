-- Who used these keys between two instants: from which network, with what client, how often, and when last?
SELECT
  r.key_id AS key_id,
  r.source_ip AS source_ip,
  r.asn AS asn,
  toString(r.network_type) AS network_type,
  r.user_agent AS user_agent,
  r.service AS service,
  sum(r.count) AS requests,
  toUnixTimestamp64Milli(max(r.ts)) AS last_ms
FROM requests AS r
WHERE r.key_id IN {keys:Array(String)} AND r.ts >= {from:DateTime64(3, 'UTC')} AND r.ts < {to:DateTime64(3, 'UTC')}
GROUP BY key_id, source_ip, asn, network_type, user_agent, service
ORDER BY key_id, requests DESC, source_ip, user_agent, service
LIMIT 20 BY key_id
