-- Which shard of how many, and of whose, is this? The newest row counts: one is written whenever a server is added.
SELECT fleet, number, shards
FROM shard_places
ORDER BY shards DESC
LIMIT 1
