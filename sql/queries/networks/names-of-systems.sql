-- How are the autonomous systems {asns} called, as one of their blocks has it? One row for each that is known.
SELECT asn, any(n.name) AS network_name
FROM networks AS n
WHERE n.asn IN {asns:Array(UInt32)} AND n.asn > 0
GROUP BY asn
