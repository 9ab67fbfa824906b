-- From where was a key used between {from} and {to}, exactly when, how much, and with which clients? And how much of that came since {since}, how
-- much since {lately}, and how much did the same addresses and others do between {week} and {onset}? The busiest first, in one scan; `visible_ms` is the newest row that it saw.
SELECT
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  toUnixTimestamp64Milli(minIf(ts, is_asked)) AS first_ms,
  toUnixTimestamp64Milli(maxIf(ts, is_asked)) AS last_ms,
  sumIf(e.count, is_asked) AS requests,
  sumIf(e.count, is_asked AND status >= 400) AS errors,
  sumIf(toUInt128(e.spend_micros), is_asked) AS spend_micros,
  sumIf(toUInt128(e.bytes), is_asked) AS bytes,
  arraySort(groupUniqArrayIf(5)(user_agent, is_asked)) AS user_agents,
  sumIf(e.count, ts >= {since:DateTime64(3, 'UTC')}) AS requests_since,
  sumIf(toUInt128(e.spend_micros), ts >= {since:DateTime64(3, 'UTC')}) AS spend_micros_since,
  sumIf(e.count, ts >= {lately:DateTime64(3, 'UTC')}) AS requests_lately,
  sumIf(toUInt128(e.spend_micros), ts >= {lately:DateTime64(3, 'UTC')}) AS spend_micros_lately,
  toUnixTimestamp64Milli(minIf(ts, is_before)) AS before_first_ms,
  sumIf(e.count, is_before) AS requests_before,
  sumIf(toUInt128(e.spend_micros), is_before) AS spend_micros_before,
  toUnixTimestamp64Milli(max(ingested_at)) AS visible_ms
FROM
(
  SELECT
    ts, source_ip, asn, network_type, status, count, spend_micros, bytes, user_agent, ingested_at,
    ts >= {from:DateTime64(3, 'UTC')} AS is_asked,
    ts >= {week:DateTime64(3, 'UTC')} AND ts < {onset:DateTime64(3, 'UTC')} AS is_before
  FROM request_events
  WHERE key_id IN {keys:Array(String)}
    AND observed_by != 'provider'
    AND ts >= least({from:DateTime64(3, 'UTC')}, {week:DateTime64(3, 'UTC')})
    AND ts < {to:DateTime64(3, 'UTC')}
) AS e
GROUP BY source_ip, asn, network_type
ORDER BY requests DESC, address
