-- From where was a key used between {from} and {to}, exactly when, how much, and with which clients? The busiest first.
SELECT
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  toUnixTimestamp64Milli(min(ts)) AS first_ms,
  toUnixTimestamp64Milli(max(ts)) AS last_ms,
  sum(e.count) AS requests,
  sumIf(e.count, status >= 400) AS errors,
  sum(e.spend_micros) AS spend_micros,
  arraySort(groupUniqArray(5)(user_agent)) AS user_agents
FROM request_events AS e
WHERE key_id = {key:String}
  AND observed_by != 'provider'
  AND ts >= {from:DateTime64(3, 'UTC')}
  AND ts < {to:DateTime64(3, 'UTC')}
GROUP BY source_ip, asn, network_type
ORDER BY requests DESC, address
