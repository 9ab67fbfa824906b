-- Which share of each source's events of the day before {now} had no address that can be used, so that no network could be judged?
SELECT source, sum(c.events) AS events, sum(c.without_address) AS without_address
FROM ingest_coverage AS c
WHERE minute >= {now:DateTime('UTC')} - toIntervalDay(1) AND minute < {now:DateTime('UTC')} + toIntervalMinute(10)
GROUP BY source
HAVING without_address > 0
ORDER BY without_address / events DESC, source
