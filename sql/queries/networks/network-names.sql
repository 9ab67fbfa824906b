-- Who runs the networks of these addresses, by the autonomous system that each was recorded with? One row per address that is known.
SELECT address, any(name) AS network_name
FROM networks
ARRAY JOIN {addresses:Array(String)} AS address
WHERE asn IN {asns:Array(UInt32)} AND name != '' AND isIPAddressInRange(address, prefix)
GROUP BY address
