-- Which keys but {keys} were used from {addresses}, or from elsewhere in their {networks} (blocks of {v4_bits} or {v6_bits} bits, by their first address): how
-- much between {from} and {to}, refused requests included, and since when at all? A row for each key, first those in networks of fewer than {shared}
-- keys before {onset}, then those at the very addresses, then the busiest: the first {most}. And a row for each network, those with most keys first.
WITH
  uses AS
  (
    SELECT
      key_id,
      network,
      max(is_same) AS at_same,
      minIf(first_s, first_s > 0) AS served_s,
      max(last_s) AS used_s,
      sum(asked) AS asked,
      sum(refused) AS refused,
      sum(micros) AS micros
    FROM
    (
      SELECT
        key_id,
        source_ip AS ip,
        ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
        tupleElement(IPv6CIDRToRange(ip, if(is_v4, {v4_bits:UInt8}, {v6_bits:UInt8})), 1) AS network,
        ip IN {addresses:Array(IPv6)} AS is_same,
        toUInt32(0) AS first_s,
        toUnixTimestamp(hour) AS last_s,
        h.requests AS asked,
        h.denied AS refused,
        h.spend_micros AS micros
      FROM source_hours AS h
      WHERE toDate(hour) BETWEEN toDate({from:DateTime('UTC')}) AND toDate({to:DateTime('UTC')})
        AND hour >= toStartOfHour({from:DateTime('UTC')})
        AND hour < {to:DateTime('UTC')}
        AND observed_by != 'provider'
        AND key_id NOT IN {keys:Array(String)}
        -- As the index has it, where the networks are of its size.
        AND (({v4_bits:UInt8}, {v6_bits:UInt8}) != (120, 64) OR tupleElement(IPv6CIDRToRange(source_ip, if(startsWith(toString(source_ip), '::ffff:'), 120, 64)), 1) IN {networks:Array(IPv6)})
        AND network IN {networks:Array(IPv6)}
      UNION ALL
      SELECT
        key_id,
        toIPv6OrDefault(value) AS ip,
        ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
        tupleElement(IPv6CIDRToRange(ip, if(is_v4, {v4_bits:UInt8}, {v6_bits:UInt8})), 1) AS network,
        ip IN {addresses:Array(IPv6)} AS is_same,
        toUnixTimestamp(f.first_at) AS first_s,
        toUnixTimestamp(f.last_at) AS last_s,
        toUInt64(0) AS asked,
        toUInt64(0) AS refused,
        toUInt128(0) AS micros
      FROM first_seen AS f
      WHERE level = 'ip'
        AND observed_by != 'provider'
        AND key_id NOT IN {keys:Array(String)}
        AND f.first_at < {to:DateTime('UTC')}
        AND (({v4_bits:UInt8}, {v6_bits:UInt8}) != (120, 64) OR tupleElement(IPv6CIDRToRange(toIPv6OrDefault(value), if(startsWith(value, '::ffff:'), 120, 64)), 1) IN {networks:Array(IPv6)})
        AND network IN {networks:Array(IPv6)}
    )
    GROUP BY key_id, network
  ),
  placed AS
  (
    SELECT
      key_id, network, at_same, served_s, used_s, asked, refused, micros,
      countIf(served_s > 0 AND served_s < toUnixTimestamp({onset:DateTime('UTC')})) OVER (PARTITION BY network) AS keys_before
    FROM uses
  )
SELECT
  kind,
  key_id,
  block,
  keys,
  is_shared,
  is_same,
  first_s,
  last_s,
  requests,
  denied,
  spend_micros,
  count() OVER (PARTITION BY kind) AS alike,
  countIf(NOT is_shared) OVER (PARTITION BY kind) AS alike_apart,
  countIf(NOT is_shared AND is_new) OVER (PARTITION BY kind) AS alike_new
FROM
(
  SELECT
    if(grouping(key_id) = 0, 'key', 'network') AS kind,
    key_id,
    if(kind = 'network', toString(network), '') AS block,
    count() AS keys,
    min(keys_before) AS least_before,
    least_before >= {shared:UInt32} AS is_shared,
    max(at_same) AS is_same,
    minIf(served_s, served_s > 0) AS first_s,
    first_s = 0 OR first_s >= toUnixTimestamp({onset:DateTime('UTC')}) AS is_new,
    max(used_s) AS last_s,
    sum(placed.asked) AS requests,
    sum(placed.refused) AS denied,
    sum(placed.micros) AS spend_micros
  FROM placed
  GROUP BY GROUPING SETS ((key_id), (network))
)
ORDER BY kind, if(kind = 'key', is_shared, 0), if(kind = 'key', is_same, 0) DESC, if(kind = 'key', requests, keys) DESC, key_id, block
LIMIT {most:UInt32} BY kind
-- Worth a while, but no page waits long for it.
SETTINGS max_execution_time = 15
