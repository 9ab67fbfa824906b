-- What was a key used for between {from} and {to}, hour by hour, by route and by permission, and how much of it by {unknownSources}, of what was recorded until {visible}?
-- In one scan: of the
-- columns hour_s, route and scope that one is told of which `level` speaks. Hours in order, then the busiest first.
SELECT
  ['hour', 'route', 'scope'][1 + told.route_told + 2 * told.scope_told] AS level,
  told.hour_s AS hour_s,
  told.value AS value,
  told.first_ms AS first_ms,
  told.last_ms AS last_ms,
  told.requests AS requests,
  told.unknown_source_requests AS unknown_source_requests,
  told.spend_micros AS spend_micros,
  told.unknown_source_spend_micros AS unknown_source_spend_micros,
  told.errors AS errors,
  -- What was never served is new with its first refusal.
  if(toUnixTimestamp(seen.first_seen_at) = 0, intDiv(told.first_ms, 60000) * 60, toUnixTimestamp(seen.first_seen_at)) AS first_seen_s
FROM
(
  SELECT
    toUInt8(grouping(route) = 0) AS route_told,
    toUInt8(grouping(scope) = 0) AS scope_told,
    toUnixTimestamp(hour) AS hour_s,
    concat(route, scope) AS value,
    toUnixTimestamp64Milli(min(first_at)) AS first_ms,
    toUnixTimestamp64Milli(max(last_at)) AS last_ms,
    sum(p.requests) AS requests,
    sumIf(p.requests, is_unknown_source) AS unknown_source_requests,
    sum(p.spend_micros) AS spend_micros,
    sumIf(p.spend_micros, is_unknown_source) AS unknown_source_spend_micros,
    sum(p.errors) AS errors
  FROM
  (
    SELECT
      toStartOfHour(toDateTime(ts, 'UTC')) AS hour,
      toString(route) AS route,
      toString(scope) AS scope,
      source_ip IN {unknownSources:Array(IPv6)} AS is_unknown_source,
      min(ts) AS first_at,
      max(ts) AS last_at,
      sum(e.count) AS requests,
      sum(toUInt128(e.spend_micros)) AS spend_micros,
      sumIf(e.count, status >= 400) AS errors
    FROM request_events AS e
    WHERE key_id IN {keys:Array(String)}
      AND observed_by != 'provider'
      AND ts >= {from:DateTime64(3, 'UTC')}
      AND ts < {to:DateTime64(3, 'UTC')}
      AND ingested_at <= {visible:DateTime64(3, 'UTC')}
    GROUP BY hour, route, scope, is_unknown_source
  ) AS p
  GROUP BY GROUPING SETS ((hour), (route), (scope))
) AS told
LEFT JOIN
(
  SELECT toString(level) AS level, value, min(f.first_at) AS first_seen_at
  FROM first_seen AS f
  WHERE key_id IN {keys:Array(String)} AND level IN ('route', 'scope') AND observed_by != 'provider'
  GROUP BY level, value
) AS seen ON seen.level = level AND seen.value = told.value
WHERE level = 'hour' OR told.value != ''
ORDER BY level, hour_s, requests DESC, value
