-- Since when is any of these {addresses} (as ip), its /24 (IPv6 /64) or its /16 (IPv6 /32), or any of these autonomous {systems}, known to the keys of these {kinds} of
-- peers with these {names}? Known is what a key used for so many days more as {held_days} says of {held_keys}: a network ages by clean days. Reports of
-- providers count for nothing. The registry counts as of {registry_at}, as far as recorded by {visible}.
WITH
  wanted AS
  (
    SELECT
      toIPv6OrDefault(arrayJoin({addresses:Array(String)})) AS ip,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1) AS net24,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1) AS net16
  ),
  wanted_peers AS
  (
    SELECT tupleElement(given, 1) AS kind, tupleElement(given, 2) AS name
    FROM (SELECT arrayJoin(arrayZip({kinds:Array(String)}, {names:Array(String)})) AS given)
  ),
  registry AS
  (
    SELECT
      key_id,
      argMax(v.owner, (valid_from, recorded_at)) AS owner,
      argMax(v.service, (valid_from, recorded_at)) AS service,
      argMax(v.provider, (valid_from, recorded_at)) AS provider
    FROM key_versions AS v
    WHERE valid_from <= {registry_at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
    GROUP BY key_id
  )
SELECT
  kind,
  name,
  level,
  place,
  toUnixTimestamp(min(aged_at)) AS known_s
FROM
(
  SELECT
    tupleElement(seen, 1) AS level,
    tupleElement(seen, 2) AS place,
    aged_at,
    arrayJoin([('owner', owner), ('service', service), ('provider', provider), ('fleet', '')]) AS peers,
    tupleElement(peers, 1) AS kind,
    tupleElement(peers, 2) AS name
  FROM
  (
    SELECT
      key_id,
      f.first_at + 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0) AS aged_at,
      if(f.level = 'asn', toIPv6('::'), toIPv6OrDefault(f.value)) AS ip,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1) AS net24,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1) AS net16,
      arrayJoin(if(f.level = 'asn',
        [('asn', f.value)],
        arrayConcat(
          [('net16', toString(net16))],
          if(net24 IN (SELECT net24 FROM wanted), [('net24', toString(net24))], []),
          if(ip IN (SELECT ip FROM wanted), [('ip', f.value)], [])))) AS seen
    FROM first_seen AS f
    WHERE observed_by != 'provider'
      AND (f.level = 'asn' AND f.value IN {systems:Array(String)}
        OR f.level = 'ip' AND tupleElement(IPv6CIDRToRange(toIPv6OrDefault(f.value), if(startsWith(f.value, '::ffff:'), 112, 32)), 1) IN (SELECT net16 FROM wanted))
  ) AS used
  LEFT JOIN registry USING (key_id)
)
WHERE (kind, name) IN (SELECT kind, name FROM wanted_peers)
GROUP BY kind, name, level, place
ORDER BY kind, name, level, place
