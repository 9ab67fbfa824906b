-- Which keys that were ever used have an id that begins with {begin}, or is one of {ids}? The first {most}.
SELECT DISTINCT key_id
FROM used_keys AS f
WHERE (key_id IN {ids:Array(String)} OR startsWith(key_id, {begin:String}))
ORDER BY key_id
LIMIT {most:UInt32}
