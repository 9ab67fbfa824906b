-- Which keys did clients with {client} in their name use between {from} and {to}, as each observer saw it, how much, and since when? Those used last first. Names are in lower case and without versions.
-- What {days} are is read by day, and what was before and after them by minute.
SELECT
  key_id,
  toString(observed_by) AS observed_by,
  c.client AS client,
  toUnixTimestamp(min(c.first_at)) AS first_s,
  toUnixTimestamp(max(c.last_at)) AS last_s,
  sum(c.requests) AS requests,
  sum(c.requests) - sum(c.served) AS unserved,
  toUInt64(least(sum(c.spend_micros), 9223372036854775807)) AS spend_micros,
  toUInt64(count() OVER ()) AS rows
FROM
(
  SELECT key_id, observed_by, d.client AS client, d.first_at AS first_at, d.last_at AS last_at, d.requests AS requests, d.served AS served, d.spend_micros AS spend_micros
  FROM client_days AS d
  WHERE d.day IN {days:Array(Date)} AND observed_by != 'provider' AND position(d.client, {client:String}) > 0
  UNION ALL
  SELECT key_id, observed_by, m.client AS client, minute AS first_at, minute AS last_at, m.requests AS requests, m.served AS served, m.spend_micros AS spend_micros
  FROM client_minutes AS m
  WHERE toDate(minute) NOT IN {days:Array(Date)}
    AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
    AND minute >= {from:DateTime64(3, 'UTC')}
    AND minute < {to:DateTime64(3, 'UTC')}
    AND observed_by != 'provider'
    AND position(m.client, {client:String}) > 0
) AS c
GROUP BY key_id, observed_by, client
ORDER BY last_s DESC, requests DESC, key_id, observed_by, client
LIMIT {most:UInt32}
