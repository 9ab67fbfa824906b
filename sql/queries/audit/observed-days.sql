-- On which days before {now} did any source report, by an event or a heartbeat?
SELECT DISTINCT toUnixTimestamp(toStartOfDay(c.minute)) AS day_s
FROM ingest_coverage AS c
WHERE c.minute < {now:DateTime('UTC')}
ORDER BY day_s
