-- When was a key first served at each of {addresses}? Where it never was, there is no row.
SELECT value AS address, toUnixTimestamp(min(f.first_at)) AS first_s
FROM first_seen AS f
WHERE key_id IN {keys:Array(String)} AND observed_by = {observed_by:String} AND level = 'ip' AND value IN {addresses:Array(String)}
GROUP BY value
