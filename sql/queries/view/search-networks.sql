-- Which autonomous systems have {part} in their name, whatever its case? Those that begin with it first, at most {most}.
SELECT asn, any(n.name) AS network_name
FROM networks AS n
WHERE n.asn > 0 AND positionCaseInsensitiveUTF8(n.name, {part:String}) > 0
GROUP BY asn
ORDER BY min(positionCaseInsensitiveUTF8(n.name, {part:String})) > 1, lengthUTF8(network_name), asn
LIMIT {most:UInt32}
