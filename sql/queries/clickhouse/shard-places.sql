-- Which shard of how many, and of whose, is this?
SELECT fleet, number, shards
FROM shard_places
LIMIT 1
