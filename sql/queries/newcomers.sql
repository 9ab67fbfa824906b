-- Part of other queries: addresses that a key had not used until a week before {hour}, with when the key first used the address,
-- its /24 (IPv6 /64), its /16 (IPv6 /32) and its autonomous system. What a key used in its first 48 hours founded it: epoch 0.
WITH
  births AS
  (
    SELECT key_id, observed_by, min(f.first_at) AS born_at
    FROM first_seen AS f
    WHERE level = 'key'
    GROUP BY key_id, observed_by
  ),
  systems AS
  (
    SELECT key_id, observed_by, toUInt32(value) AS asn, min(f.first_at) AS seen_at
    FROM first_seen AS f
    WHERE level = 'asn' AND value != '0'
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
    SELECT key_id, observed_by, toIPv6(value) AS ip, min(f.first_at) AS seen_at
    FROM first_seen AS f
    WHERE level = 'ip' AND value != '::'
    GROUP BY key_id, observed_by, value
  ),
  young_keys AS
  (
    SELECT DISTINCT key_id
    FROM addresses
    WHERE seen_at >= {hour:DateTime('UTC')} - 604800 AND seen_at < {hour:DateTime('UTC')} + 86400
  ),
  networks AS
  (
    SELECT
      key_id,
      observed_by,
      ip,
      if(seen_at < born_at + 172800, toDateTime(0, 'UTC'), seen_at) AS ip_at,
      ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, tupleElement(IPv6CIDRToRange(ip, if(is_v4, 120, 64)), 1)) AS net24_at,
      min(ip_at) OVER (PARTITION BY key_id, observed_by, tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1)) AS net16_at
    FROM addresses
    INNER JOIN births USING (key_id, observed_by)
    WHERE key_id IN (SELECT key_id FROM young_keys)
  ),
  newcomers AS
  (
    SELECT key_id, observed_by, ip, ip_at, net24_at, net16_at
    FROM networks
    WHERE ip_at >= {hour:DateTime('UTC')} - 604800
  )
