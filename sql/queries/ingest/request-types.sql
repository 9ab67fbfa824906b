-- Of which types are the columns {names} of requests?
SELECT name, type
FROM system.columns
WHERE database = currentDatabase() AND table = 'requests' AND name IN {names:Array(String)}
