-- What is new to every key at {hour}, as far as it was used before {until}? One row per key and address, system, route or client that is new to it. For an
-- address: when its /16 (IPv6 /32: {network16}), its /24 (IPv6 /64: {network}) and itself were first used, and when its /24 was if that lies outside
-- the networks that the registry allows; 0 for what is not new. No address (::) is an address like others, but in no network: it is neither allowed nor outside.
-- New is what was first used in the last seven days, and for so many days more as {held_days} says of {held_keys}. What a key used in its
-- first 48 hours founded it and is never new, but outside of what is allowed. What a key succeeds counts as the key itself.
-- Where that is to be compared, with the networks that are allowed or, once anybody has used any key for nine days, with what its peers use, it is given all
-- the same, with when the founding ended and whether it is allowed. Nothing founds a key that was created 48 hours before its first use, in a
-- fleet that was two weeks old by then. The registry counts as of {registry_at}, as far as
-- recorded by {visible}. With {young}, keys that young-keys names: only these. Of what is new to one key in one quarter of an hour the first {most} of a level are given.
WITH
  assumeNotNull((SELECT min(b.first_at) FROM used_keys AS b WHERE observed_by != 'provider')) AS fleet_since,
  -- Keys that anything can be new to: few, and nothing more is looked up of the others. Where they are given this is asked of none, for to work it out in
  -- each of its places takes longer than the answer.
  young_keys AS
  (
    SELECT DISTINCT key_id
    FROM first_seen AS f
    WHERE level IN ('ip', 'route', 'user_agent')
      AND f.first_at >= {hour:DateTime('UTC')} - 604800 - 86400 * arrayMax({held_days:Array(UInt32)})
      AND f.first_at < {until:DateTime('UTC')}
  ),
  -- What a key succeeds was used by it: {heirs} and, place by place, the {elders} of each.
  lineage AS
  (
    SELECT tupleElement(given, 1) AS heir, tupleElement(given, 2) AS elder
    FROM (SELECT arrayJoin(arrayZip({heirs:Array(String)}, {elders:Array(String)})) AS given)
    WHERE (heir IN {young:Array(String)} OR empty({young:Array(String)}) AND heir IN (SELECT key_id FROM young_keys))
  ),
  registry AS
  (
    SELECT
      key_id,
      argMax(v.allowed_cidrs, (valid_from, recorded_at)) AS cidrs,
      ifNull(toUnixTimestamp64Second(ifNull(argMax(v.created_at, (valid_from, recorded_at)), min(v.valid_from))), 0) AS created_s
    FROM key_versions AS v
    WHERE valid_from <= {registry_at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')} AND (key_id IN {young:Array(String)} OR empty({young:Array(String)}) AND key_id IN (SELECT key_id FROM young_keys))
    GROUP BY key_id
  )
SELECT
  key_id,
  observed_by,
  toString(level) AS level,
  value,
  if(level = 'ip' AND value != '::', toString(net24), '') AS network,
  if(level = 'ip' AND value != '::', toString(net16), '') AS network16,
  toUnixTimestamp(seen_at) AS used_s,
  toUnixTimestamp(if(own_at >= new_from, own_at, toDateTime(0, 'UTC'))) AS own_s,
  toUnixTimestamp(if(net24_at >= new_from, net24_at, toDateTime(0, 'UTC'))) AS net24_s,
  toUnixTimestamp(if(net16_at >= new_from, net16_at, toDateTime(0, 'UTC'))) AS net16_s,
  toUnixTimestamp(if(outside_at >= new_from, outside_at, toDateTime(0, 'UTC'))) AS outside_s,
  if(is_compared OR is_dormant, toUnixTimestamp(born_at + 172800), 0) AS founded_s,
  is_dormant,
  if(empty(cidrs), -1, toInt8(is_allowed)) AS allowed
FROM
(
  SELECT
    key_id, observed_by, level, value, seen_at, cidrs, born_at, is_compared, is_dormant, own_at, ip, is_v4, net24,
    tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1) AS net16,
    {hour:DateTime('UTC')} - 604800 - 86400 * transform(key_id, {held_keys:Array(String)}, {held_days:Array(UInt32)}, 0) AS new_from,
    min(own_at) OVER (PARTITION BY key_id, observed_by, level, net24) AS net24_at,
    min(own_at) OVER (PARTITION BY key_id, observed_by, level, net16) AS net16_at,
    level = 'ip' AND arrayExists(cidr -> isIPAddressInRange(if(is_v4, substring(value, 8), value), cidr), cidrs) AS is_allowed,
    if(level = 'ip' AND value != '::' AND notEmpty(cidrs) AND NOT is_allowed,
      min(seen_at) OVER (PARTITION BY key_id, observed_by, level, net24), toDateTime(0, 'UTC')) AS outside_at
  FROM
  (
    SELECT
      key_id,
      observed_by,
      level,
      value,
      seen_at,
      cidrs,
      minIf(seen_at, level = 'key') OVER (PARTITION BY key_id, observed_by) AS born_at,
      level NOT IN ('route', 'user_agent') AND value != '::' AND (notEmpty(cidrs) OR born_at >= fleet_since + 777600) AS is_compared,
      value != '::' AND created_s > 0 AND created_s <= toUnixTimestamp(born_at) - 172800 AND born_at >= fleet_since + 1209600 AS is_dormant,
      if(seen_at < born_at + 172800 AND NOT is_compared AND NOT is_dormant, toDateTime(0, 'UTC'), seen_at) AS own_at,
      if(level = 'ip', toIPv6OrDefault(value), toIPv6('::')) AS ip,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1) AS net24
    FROM
    (
      SELECT key_id, observed_by, level, value, min(used_at) AS seen_at
      FROM
      (
        SELECT key_id, observed_by, level, value, f.first_at AS used_at
        FROM first_seen AS f
        WHERE (key_id IN {young:Array(String)} OR empty({young:Array(String)}) AND key_id IN (SELECT key_id FROM young_keys))
        UNION ALL
        SELECT heir AS key_id, observed_by, level, value, used_at
        FROM
        (
          SELECT key_id AS elder, observed_by, level, value, e.first_at AS used_at
          FROM first_seen AS e
          WHERE key_id IN (SELECT elder FROM lineage)
        ) AS inherited
        INNER JOIN lineage USING (elder)
      )
      WHERE (level, value) NOT IN (('asn', '0'), ('route', ''))
        AND level IN ('key', 'ip', 'asn', 'route', 'user_agent')
      GROUP BY key_id, observed_by, level, value
    ) AS seen
    LEFT JOIN registry USING (key_id)
  )
)
WHERE level != 'key' AND seen_at < {until:DateTime('UTC')} AND (own_at >= new_from OR outside_at >= new_from)
ORDER BY key_id, observed_by, level, seen_at, value
-- Whoever can send events of a key could name a million addresses in a minute: then no check of any key would end.
LIMIT {most:UInt32} BY key_id, observed_by, level, toStartOfFifteenMinutes(seen_at)
