-- Which tables and views does a database have?
SELECT name, engine
FROM system.tables
WHERE database = {database:String}
ORDER BY name
