-- Which networks did findings about {keys} blame between {from} and {to}? Of each key, cause and day the newest finding answers; one that cannot name all of its sources names none.
SELECT
  f.key_id AS key_id,
  f.cause AS cause,
  toUnixTimestamp(max(f.tick)) AS last_s,
  JSONExtract(argMax(f.statistics, (f.tick, f.as_of)), 'blamed_networks', 'Array(String)') AS networks
FROM finding_records AS f
WHERE key_id IN {keys:Array(String)} AND f.tick >= {from:DateTime('UTC')} AND f.tick < {to:DateTime('UTC')}
GROUP BY key_id, cause, toDate(f.tick)
HAVING notEmpty(networks)
ORDER BY last_s DESC, cause, key_id
LIMIT 200 BY key_id
