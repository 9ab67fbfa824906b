-- Do statements of a move run here still?
SELECT toUInt32(count()) AS running
FROM system.processes
WHERE startsWith(query_id, 'plimsoll-shards-add-')
