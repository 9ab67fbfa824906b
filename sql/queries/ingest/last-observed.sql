-- Which source was heard last: when was its newest row written, and what is the newest minute of any source?
SELECT
  argMax(source, c.last_ingested_at) AS newest_source,
  toUnixTimestamp64Milli(max(c.last_ingested_at)) AS written_ms,
  toUnixTimestamp(max(c.minute)) AS minute_s,
  count() AS minutes
FROM ingest_coverage AS c
