-- Which versions of the key {key_id} are on file, of all keys when it is empty? Of two for one instant the last counts.
SELECT *
FROM key_versions
WHERE {key_id:String} = '' OR key_id = {key_id:String}
ORDER BY key_id, valid_from, recorded_at
