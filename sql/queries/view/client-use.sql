-- Which keys did clients with {client} in their name use between {from} and {to}, as each observer saw it, how much, and since when? Those used last first. Names are in lower case and without versions.
SELECT
  key_id,
  toString(observed_by) AS observed_by,
  c.client AS client,
  toUnixTimestamp(min(minute)) AS first_s,
  toUnixTimestamp(max(minute)) AS last_s,
  sum(c.requests) AS requests,
  sum(c.requests) - sum(c.served) AS unserved,
  toUInt64(least(sum(c.spend_micros), 9223372036854775807)) AS spend_micros,
  toUInt64(count() OVER ()) AS rows
FROM client_minutes AS c
WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
  AND minute >= {from:DateTime64(3, 'UTC')}
  AND minute < {to:DateTime64(3, 'UTC')}
  AND observed_by != 'provider'
  AND position(c.client, {client:String}) > 0
GROUP BY key_id, observed_by, client
ORDER BY last_s DESC, requests DESC, key_id, observed_by, client
LIMIT {most:UInt32}
