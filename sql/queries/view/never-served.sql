-- At which of {addresses}, which are in the autonomous systems {asns}, was a key never served, and neither elsewhere in their system before {before} or, where
-- there is none, in their /16 (IPv6 /32)?
WITH
  served AS
  (
    SELECT
      toString(level) AS kind,
      value,
      min(f.first_at) < {before:DateTime('UTC')} AS is_familiar,
      if(kind = 'ip', toIPv6OrDefault(value), toIPv6('::')) AS ip,
      tupleElement(IPv6CIDRToRange(ip, if(ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 112, 32)), 1) AS net16
    FROM first_seen AS f
    WHERE key_id IN {keys:Array(String)} AND observed_by != 'provider' AND level IN ('ip', 'asn')
    GROUP BY kind, value
  ),
  asked AS
  (
    SELECT
      tupleElement(given, 1) AS address,
      tupleElement(given, 2) AS asn,
      toIPv6OrDefault(address) AS ip,
      tupleElement(IPv6CIDRToRange(ip, if(ip BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 112, 32)), 1) AS net16
    FROM (SELECT arrayJoin(arrayZip({addresses:Array(String)}, {asns:Array(UInt32)})) AS given)
  )
SELECT address
FROM asked
WHERE address NOT IN (SELECT value FROM served WHERE kind = 'ip')
  AND if(asn > 0,
    toString(asn) NOT IN (SELECT value FROM served WHERE kind = 'asn' AND is_familiar),
    net16 NOT IN (SELECT net16 FROM served WHERE kind = 'ip' AND is_familiar))
ORDER BY address
