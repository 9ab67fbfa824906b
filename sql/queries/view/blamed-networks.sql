-- Which networks did findings about {keys} (the ids of one key) blame between {from} and {to}? Of each cause and day the newest finding answers; one that cannot name all of its sources names none.
SELECT
  f.cause AS cause,
  toUnixTimestamp(max(f.tick)) AS last_s,
  JSONExtract(argMax(f.statistics, (f.tick, f.as_of)), 'blamed_networks', 'Array(String)') AS networks
FROM finding_records AS f
WHERE key_id IN {keys:Array(String)} AND f.tick >= {from:DateTime('UTC')} AND f.tick < {to:DateTime('UTC')}
GROUP BY cause, toDate(f.tick)
HAVING notEmpty(networks)
ORDER BY last_s DESC, cause
LIMIT 200
