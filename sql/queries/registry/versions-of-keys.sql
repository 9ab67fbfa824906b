-- Which versions of the keys {keys} are on file? Of two for one instant the last counts.
SELECT *
FROM key_versions
WHERE key_id IN {keys:Array(String)}
ORDER BY key_id, valid_from, recorded_at
