-- In which minutes was any source heard, by an event or a heartbeat, and when did the newest row of the minute come?
SELECT toUnixTimestamp(minute) AS minute_s, toUnixTimestamp64Milli(max(c.last_ingested_at)) AS last_ingested_ms
FROM ingest_coverage AS c
WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
GROUP BY minute
ORDER BY minute
