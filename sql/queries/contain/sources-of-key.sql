-- From where was a key used from {from} to {to}, and how much of it was served? The 5,000 busiest addresses, and in every row how many
-- there are and what all of them came to.
SELECT
  source_ip,
  requests,
  served,
  busiest_minute,
  last_ms,
  count() OVER () AS all_addresses,
  sum(requests) OVER () AS all_requests
FROM
(
  SELECT source_ip, sum(minute_requests) AS requests, sum(minute_served) AS served, max(minute_served) AS busiest_minute, max(minute_last) AS last_ms
  FROM
  (
    SELECT source_ip, toStartOfMinute(ts) AS minute, sum(count) AS minute_requests, sumIf(count, is_served) AS minute_served, toUnixTimestamp64Milli(max(ts)) AS minute_last
    FROM requests
    WHERE key_id IN {keys:Array(String)}
      AND observed_by = {observed_by:String}
      AND ts >= {from:DateTime64(3, 'UTC')}
      AND ts < {to:DateTime64(3, 'UTC')}
    GROUP BY source_ip, minute
  )
  GROUP BY source_ip
)
ORDER BY requests DESC, source_ip
LIMIT 5000
