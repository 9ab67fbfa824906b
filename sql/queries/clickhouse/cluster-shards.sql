-- How many servers does this one know under the name of a cluster? 0 where its configuration has no such cluster.
SELECT toUInt32(count()) AS shards
FROM system.clusters
WHERE cluster = {cluster:String}
