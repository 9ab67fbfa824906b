-- Which key has one of these fingerprints, or is itself called {names}, of those on file? Registered ones first, then ids of former peppers.
SELECT key_id
FROM
(
  SELECT key_id, 0 AS place
  FROM key_versions
  WHERE key_id != '*' AND (hasAny(arrayMap(print -> toString(print), fingerprints), {prints:Array(String)}) OR key_id IN {names:Array(String)})
  UNION ALL
  SELECT f.key_id AS key_id, 1 AS place
  FROM key_fingerprints AS f
  WHERE f.fingerprint IN {prints:Array(String)}
)
GROUP BY key_id
ORDER BY min(place), key_id
