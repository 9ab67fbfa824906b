-- Which key has one of these fingerprints, or is itself called {names}, of those on file?
SELECT DISTINCT key_id
FROM key_versions
WHERE key_id != '*' AND (hasAny(arrayMap(print -> toString(print), fingerprints), {prints:Array(String)}) OR key_id IN {names:Array(String)})
ORDER BY key_id
