-- Which tables were left by refreshes of the networks that were cut off, more than {seconds} ago?
SELECT name
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'networks_next_') AND metadata_modification_time < now() - {seconds:UInt32}
