-- In which slots of five minutes from {from} to {to} was any source heard, by an event or a heartbeat? Slots are counted from {from}.
SELECT DISTINCT toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 300) AS slot
FROM ingest_coverage AS c
WHERE c.minute >= {from:DateTime('UTC')} AND c.minute < {to:DateTime('UTC')}
ORDER BY slot
