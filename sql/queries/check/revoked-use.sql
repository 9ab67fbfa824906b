-- Which requests were made with these revoked keys after their revocation ({revoked}, epoch seconds) and between {from} and {to} (whole
-- minutes), per address and minute by minute: served, and refused with 401 or 403? A network is known to a key that used its autonomous
-- system or its /16 (IPv6: /32) before the revocation.
WITH
  revoked AS
  (
    SELECT tupleElement(given, 1) AS key_id, tupleElement(given, 2) AS revoked_s
    FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {revoked:Array(UInt32)})) AS given)
  ),
  traffic AS
  (
    SELECT key_id, observed_by, source_ip, asn, network_type, minute,
      sum(s.served) AS served, sum(s.denied) AS refused, sum(s.spend_micros) AS spend
    FROM source_minutes AS s
    WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
      AND toStartOfFifteenMinutes(minute) < {to:DateTime('UTC')}
      AND minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
      AND key_id IN {keys:Array(String)}
    GROUP BY key_id, observed_by, source_ip, asn, network_type, minute
    HAVING served + refused > 0
  ),
  uses AS
  (
    SELECT
      key_id, observed_by, source_ip, asn, network_type, minute, served, refused, spend,
      concat('AS', toString(asn)) AS system,
      source_ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
      toString(tupleElement(IPv6CIDRToRange(source_ip, if(is_v4, 112, 32)), 1)) AS block
    FROM traffic
    INNER JOIN revoked USING (key_id)
    WHERE toUnixTimestamp(minute) >= revoked_s
  ),
  known AS
  (
    SELECT key_id, observed_by, network
    FROM
    (
      SELECT
        key_id,
        observed_by,
        toIPv6(if(level = 'ip', value, '::')) AS ip,
        ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255') AS is_v4,
        if(level = 'ip', toString(tupleElement(IPv6CIDRToRange(ip, if(is_v4, 112, 32)), 1)), concat('AS', value)) AS network,
        min(f.first_at) AS seen_at
      FROM first_seen AS f
      WHERE level IN ('ip', 'asn') AND value NOT IN ('::', '0') AND key_id IN (SELECT key_id FROM uses)
      GROUP BY key_id, observed_by, level, value
    ) AS used
    INNER JOIN revoked USING (key_id)
    WHERE toUnixTimestamp(seen_at) < revoked_s
  )
SELECT
  key_id,
  observed_by,
  toString(source_ip) AS address,
  asn,
  toString(network_type) AS network_type,
  (key_id, observed_by, system) IN (SELECT key_id, observed_by, network FROM known)
    OR (key_id, observed_by, block) IN (SELECT key_id, observed_by, network FROM known) AS is_known,
  groupArray(minute_s) AS minutes,
  groupArray(served) AS requests,
  groupArray(refused) AS refused,
  groupArray(spend) AS spend_micros
FROM
(
  SELECT
    key_id, observed_by, source_ip, asn, network_type, served, refused, spend, system, block,
    toUnixTimestamp(minute) AS minute_s
  FROM uses
  ORDER BY key_id, observed_by, source_ip, asn, network_type, minute
)
GROUP BY key_id, observed_by, source_ip, asn, network_type, system, block
ORDER BY key_id, observed_by, source_ip, asn, network_type
