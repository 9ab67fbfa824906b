-- In which minutes was any source heard, by an event or a heartbeat, and how many event rows has the minute?
SELECT toUnixTimestamp(minute) AS minute_s, sum(c.events) AS events
FROM ingest_coverage AS c
WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
GROUP BY minute
ORDER BY minute
