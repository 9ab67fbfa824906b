-- Part of other queries: `arrivals`, the traffic from {from} to {until}, minute by minute, of what was still new to a key at {hour}, once
-- per level of novelty, with when the key first used what is new at that level; and `sightings`, the same with all levels of a row
-- together. Levels: asn_* (autonomous system by kind of network), unplaced (a /16 whose system is not known), net16 (/16, IPv6 /32),
-- net24 (/24, IPv6 /64), ip, outside_allowed (a /24 or /64 outside the networks that the registry allows), route. New is what was first
-- used in the last seven days, and for so many days more as {held_days} says of {held_keys}. What a key used in its first 48 hours
-- founded it and is never new, but outside_allowed. With {keys}: only these. The registry counts as of {registry_at}, as far as recorded
-- by {visible}.
WITH
  -- Keys that anything can be new to: few, and nothing more is looked up of the others.
  young_keys AS
  (
    SELECT DISTINCT key_id
    FROM first_seen AS f
    WHERE level IN ('ip', 'route')
      AND f.first_at >= {hour:DateTime('UTC')} - 604800 - 86400 * arrayMax({held_days:Array(UInt32)})
      AND f.first_at < {until:DateTime('UTC')}
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  ),
  births AS
  (
    SELECT key_id, observed_by, min(f.first_at) AS born_at
    FROM first_seen AS f
    WHERE level = 'key' AND key_id IN (SELECT key_id FROM young_keys)
    GROUP BY key_id, observed_by
  ),
  systems AS
  (
    SELECT key_id, observed_by, toUInt32(value) AS asn, min(f.first_at) AS seen_at
    FROM first_seen AS f
    WHERE level = 'asn' AND value != '0' AND key_id IN (SELECT key_id FROM young_keys)
    GROUP BY key_id, observed_by, value
  ),
  system_births AS
  (
    SELECT key_id, observed_by, asn, if(seen_at < born_at + 172800, toDateTime(0, 'UTC'), seen_at) AS asn_at
    FROM systems
    INNER JOIN births USING (key_id, observed_by)
  ),
  addresses AS
  (
    SELECT key_id, observed_by, toIPv6OrDefault(value) AS ip, min(f.first_at) AS seen_at
    FROM first_seen AS f
    WHERE level = 'ip' AND value != '::' AND key_id IN (SELECT key_id FROM young_keys)
    GROUP BY key_id, observed_by, value
  ),
  allowed AS
  (
    SELECT key_id, argMax(v.allowed_cidrs, (valid_from, recorded_at)) AS cidrs
    FROM key_versions AS v
    WHERE valid_from <= {registry_at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
      AND key_id IN (SELECT key_id FROM young_keys)
    GROUP BY key_id
    HAVING notEmpty(cidrs)
  ),
  networks AS
  (
    SELECT
      key_id,
      observed_by,
      ip,
      {hour:DateTime('UTC')} - 604800 - 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0) AS new_from,
      if(seen_at < born_at + 172800, toDateTime(0, 'UTC'), seen_at) AS ip_at,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      if(is_v4, substring(toString(ip), 8), toString(ip)) AS text,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1) AS net24,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, net24) AS net24_at,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1)) AS net16_at,
      if(notEmpty(cidrs) AND NOT arrayExists(cidr -> isIPAddressInRange(text, cidr), cidrs),
        min(seen_at) OVER (PARTITION BY key_id, observed_by, net24), toDateTime(0, 'UTC')) AS outside_at
    FROM addresses
    INNER JOIN births USING (key_id, observed_by)
    LEFT JOIN allowed USING (key_id)
  ),
  newcomers AS
  (
    SELECT key_id, observed_by, ip, net24, new_from, ip_at, net24_at, net16_at, outside_at
    FROM networks
    WHERE ip_at >= new_from OR outside_at >= new_from
  ),
  traffic AS
  (
    SELECT key_id, observed_by, source_ip AS ip, asn, network_type, minute, sum(s.requests) AS requests, sum(s.spend_micros) AS spend_micros
    FROM source_minutes AS s
    WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
      AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
      AND minute >= {from:DateTime('UTC')}
      AND minute < {until:DateTime('UTC')}
      AND observed_by != 'provider'
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
      AND (key_id, source_ip) IN (SELECT key_id, ip FROM newcomers)
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
  ),
  new_routes AS
  (
    SELECT key_id, observed_by, value AS route, min(f.first_at) AS route_at
    FROM first_seen AS f
    WHERE level = 'route' AND value != '' AND key_id IN (SELECT key_id FROM young_keys)
    GROUP BY key_id, observed_by, value
    HAVING route_at < {until:DateTime('UTC')}
      AND route_at >= {hour:DateTime('UTC')} - 604800 - 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0)
  ),
  route_births AS
  (
    SELECT key_id, observed_by, route, route_at
    FROM new_routes
    INNER JOIN births USING (key_id, observed_by)
    WHERE route_at >= born_at + 172800
  ),
  route_traffic AS
  (
    SELECT key_id, observed_by, route, minute, sum(r.requests) AS requests, sum(r.spend_micros) AS spend_micros
    FROM route_minutes AS r
    WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
      AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
      AND minute >= {from:DateTime('UTC')}
      AND minute < {until:DateTime('UTC')}
      AND observed_by != 'provider'
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
      AND (key_id, route) IN (SELECT key_id, route FROM route_births)
    GROUP BY key_id, observed_by, route, minute
  ),
  sightings AS
  (
    SELECT
      key_id,
      observed_by,
      toString(ip) AS value,
      toString(net24) AS network,
      asn,
      network_type,
      minute,
      requests,
      spend_micros,
      arrayFilter(at -> tupleElement(at, 1) != '' AND tupleElement(at, 2) >= new_from, [
        (multiIf(network_type = 'internal', '', asn = 0, 'unplaced', network_type = 'cloud', 'asn_cloud',
                 network_type IN ('isp', 'business'), 'asn_isp', 'asn_hosting'), if(asn = 0, net16_at, asn_at)),
        ('net16', net16_at), ('net24', net24_at), ('ip', ip_at), ('outside_allowed', outside_at)]) AS seen
    FROM traffic
    INNER JOIN newcomers USING (key_id, observed_by, ip)
    LEFT JOIN system_births USING (key_id, observed_by, asn)
    UNION ALL
    SELECT
      key_id,
      observed_by,
      route AS value,
      '' AS network,
      toUInt32(0) AS asn,
      'unknown' AS network_type,
      minute,
      requests,
      spend_micros,
      [('route', route_at)] AS seen
    FROM route_traffic
    INNER JOIN route_births USING (key_id, observed_by, route)
  ),
  arrivals AS
  (
    SELECT
      key_id,
      observed_by,
      value,
      asn,
      network_type,
      minute,
      requests,
      spend_micros,
      tupleElement(arrayJoin(seen) AS at, 1) AS level,
      tupleElement(at, 2) AS seen_at
    FROM sightings
  )
