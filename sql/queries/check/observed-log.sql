-- In which minutes from {from} to {to} did any source report, how many event rows has each, and when was the last of them written, in
-- lists? The first, of minute 0, speaks of all that lies before.
SELECT
  [toFloat64(toUnixTimestamp64Milli(now64(3)))] AS now_ms,
  groupArray(toFloat64(minute_s)) AS minutes,
  groupArray(toFloat64(events)) AS event_rows,
  groupArray(toFloat64(last_ms)) AS last_written
FROM
(
  SELECT
    if(minute < {from:DateTime('UTC')}, 0, toUnixTimestamp(minute)) AS minute_s,
    sum(c.events) AS events,
    toUnixTimestamp64Milli(max(c.last_ingested_at)) AS last_ms
  FROM ingest_coverage AS c
  WHERE minute < {to:DateTime('UTC')}
  GROUP BY minute_s
  ORDER BY minute_s
)
