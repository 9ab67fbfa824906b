-- Is there a ledger of migrations? One, or none before the first of them.
SELECT count() AS tables
FROM system.tables
WHERE database = currentDatabase() AND name = 'migrations'
