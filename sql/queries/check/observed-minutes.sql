-- In which minutes did any source report, by an event or a heartbeat, and how many event rows has the minute?
-- What was written long before the minute began came from a wrong clock: nobody was heard in it yet.
SELECT toUnixTimestamp(minute) AS minute_s, sum(c.events) AS events
FROM ingest_coverage AS c
WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
GROUP BY minute
HAVING max(c.last_ingested_at) >= minute - INTERVAL 11 MINUTE
ORDER BY minute
