-- Which ranges does a table have, how large is each, and when did it change last (a merge counts)?
SELECT partition_id, sum(rows) AS part_rows, sum(bytes_on_disk) AS part_bytes, toUnixTimestamp(max(modification_time)) AS changed_s
FROM system.parts
WHERE database = {database:String} AND table = {table:String} AND active
GROUP BY partition_id
ORDER BY partition_id
