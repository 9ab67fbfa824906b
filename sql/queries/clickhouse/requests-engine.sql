-- Is the traffic in this database itself (MergeTree), or read from shards (Distributed)? No row when there is none yet.
SELECT engine
FROM system.tables
WHERE database = currentDatabase() AND name = 'requests'
