-- What was refused to keys between {from} and {to} on routes that had never served them, by route, in steps of {step} seconds that are counted from {from}, and
-- apart what of it was to unknown sources: in a /16 (IPv6: /32) from which the key had never been served. Only to {keys}. What a key succeeds was served to
-- it too: {heirs} and, place by place, the {elders} of each. Of one key and quarter of an hour the first {most} minutes, routes and sources are looked at.
WITH
  refused AS
  (
    SELECT
      key_id,
      observed_by,
      toString(r.route) AS route,
      source_ip,
      minute,
      sum(r.requests) AS minute_requests
    FROM refused_minutes AS r
    WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
      AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
      AND minute >= {from:DateTime('UTC')}
      AND minute < {to:DateTime('UTC')}
      AND key_id IN {keys:Array(String)}
    GROUP BY key_id, observed_by, route, source_ip, minute
    ORDER BY key_id, observed_by, minute, route, source_ip
    LIMIT {most:UInt32} BY key_id, observed_by, toStartOfFifteenMinutes(minute)
  ),
  served AS
  (
    SELECT
      arrayJoin(arrayConcat([key_id], arrayFilter((heir, elder) -> elder = key_id, {heirs:Array(String)}, {elders:Array(String)}))) AS heir,
      observed_by,
      toString(level) AS level,
      if(level = 'ip',
        toString(tupleElement(IPv6CIDRToRange(toIPv6OrDefault(value), if(startsWith(value, '::ffff:'), 112, 32)), 1)),
        value) AS place,
      min(f.first_at) AS served_at
    FROM first_seen AS f
    WHERE level IN ('route', 'ip') AND (key_id IN {keys:Array(String)} OR key_id IN {elders:Array(String)})
    GROUP BY heir, observed_by, level, place
  )
SELECT key_id, observed_by, route, is_of_unknown, groupArray(offset) AS at, groupArray(step_requests) AS requests
FROM
(
  SELECT
    key_id,
    observed_by,
    route,
    net_served_at = toDateTime(0, 'UTC') OR net_served_at > minute AS is_of_unknown,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV {step:UInt32}) AS offset,
    sum(minute_requests) AS step_requests
  FROM
  (
    SELECT
      key_id,
      observed_by,
      route,
      minute,
      minute_requests,
      toString(tupleElement(IPv6CIDRToRange(source_ip, if(startsWith(toString(source_ip), '::ffff:'), 112, 32)), 1)) AS net
    FROM refused
  ) AS looked_at
  LEFT JOIN
  (
    SELECT heir AS key_id, observed_by, place AS route, served_at AS route_served_at FROM served WHERE level = 'route'
  ) AS routes USING (key_id, observed_by, route)
  LEFT JOIN
  (
    SELECT heir AS key_id, observed_by, place AS net, served_at AS net_served_at FROM served WHERE level = 'ip'
  ) AS nets USING (key_id, observed_by, net)
  WHERE route_served_at = toDateTime(0, 'UTC') OR route_served_at > minute
  GROUP BY key_id, observed_by, route, is_of_unknown, offset
  ORDER BY key_id, observed_by, route, is_of_unknown, offset
)
GROUP BY key_id, observed_by, route, is_of_unknown
ORDER BY key_id, observed_by, route, is_of_unknown
