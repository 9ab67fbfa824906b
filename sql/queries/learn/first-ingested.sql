-- When did the first rows of all come in? Zero before any.
SELECT toUnixTimestamp64Milli(min(c.last_ingested_at)) AS first_ms
FROM ingest_coverage AS c
