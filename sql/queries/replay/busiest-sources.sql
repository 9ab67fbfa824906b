-- From which address do most requests of a history come, and from which network of one operator? One row each, where there is any.
SELECT is_network, address, asn, requests, keys
FROM
(
  SELECT
    0 AS is_network,
    replaceRegexpOne(toString(source_ip), '^::ffff:', '') AS address,
    any(r.asn) AS asn,
    sum(count) AS requests,
    uniqExact(key_id) AS keys
  FROM requests AS r
  WHERE source_ip != toIPv6('::')
  GROUP BY source_ip
  ORDER BY requests DESC, address
  LIMIT 1
  UNION ALL
  SELECT 1 AS is_network, '' AS address, r.asn AS asn, sum(count) AS requests, uniqExact(key_id) AS keys
  FROM requests AS r
  WHERE r.asn != 0
  GROUP BY r.asn
  ORDER BY requests DESC, r.asn
  LIMIT 1
)
ORDER BY is_network
