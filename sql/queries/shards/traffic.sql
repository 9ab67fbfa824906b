-- How many rows and bytes of traffic does a database hold?
SELECT toFloat64(sumIf(rows, table = 'requests')) AS part_rows, toFloat64(sum(bytes_on_disk)) AS part_bytes
FROM system.parts
WHERE database = {database:String} AND active AND table IN {tables:Array(String)}
