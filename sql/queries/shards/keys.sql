-- How many keys have traffic here?
SELECT toFloat64(uniq(key_id)) AS keys
FROM first_seen
WHERE level = 'key'
