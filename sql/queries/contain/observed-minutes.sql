-- In how many minutes from {from} to {to} did any source report, by an event or a heartbeat?
SELECT uniqExact(minute) AS minutes
FROM ingest_coverage
WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
