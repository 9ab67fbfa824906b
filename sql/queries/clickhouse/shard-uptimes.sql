-- Which shards answer, and for how many seconds has each been up?
SELECT DISTINCT number AS shard, uptime() AS uptime_s
FROM shard_places
ORDER BY shard
