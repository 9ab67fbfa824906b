-- Who runs these autonomous systems? One row for each that is known.
SELECT asn, argMax(name, n) AS network_name
FROM (SELECT asn, name, count() AS n FROM networks WHERE asn IN {asns:Array(UInt32)} AND name != '' GROUP BY asn, name)
GROUP BY asn
