-- Which sources are heard as it happens, when was each heard last, and what was its longest silence in the week before {now}?
-- A minute counts when its newest row came within a quarter of an hour: an import of old logs makes no live source.
SELECT
  source,
  toUnixTimestamp(max(minute)) + 60 AS heard_until_s,
  toUnixTimestamp(max(last_ingested_at)) AS ingested_s,
  toUInt32(count()) AS minutes,
  toUInt32(arrayMax(arrayDifference(arraySort(groupArray(toInt64(toUnixTimestamp(minute))))))) AS longest_gap_s
FROM
(
  SELECT source, minute, max(c.last_ingested_at) AS last_ingested_at
  FROM ingest_coverage AS c
  WHERE minute >= {now:DateTime('UTC')} - toIntervalDay(7) AND minute < {now:DateTime('UTC')} + toIntervalMinute(10)
  GROUP BY source, minute
  HAVING last_ingested_at < minute + toIntervalMinute(15)
)
GROUP BY source
ORDER BY source
