-- Which keys were used from the network {network} between two instants, from which addresses, how much, and what did it cost? As the check saw it at {as_of}.
SELECT
  key_id,
  source_ip,
  asn,
  min(ts) AS first_at,
  max(ts) AS last_at,
  sum(count) AS requests,
  sum(toUInt128(spend_micros)) / 1e6 AS spend_usd,
  groupUniqArrayIf(5)(user_agent, user_agent != '') AS user_agents
FROM request_events
WHERE isIPAddressInRange(toString(source_ip), {network:String})
  AND ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
  AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY key_id, source_ip, asn
ORDER BY requests DESC, key_id, source_ip
LIMIT 500
