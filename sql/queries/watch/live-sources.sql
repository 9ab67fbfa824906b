-- Which sources are heard as it happens, when was each heard last, what was its longest silence in the week before {now}, and how far
-- ahead of {now} is its newest minute? A minute counts when its newest row came within a quarter of an hour: an import of old logs makes
-- no live source. A row is a sign of life from when it was written at most, whatever minute it claims, and one from the future is none.
SELECT
  source,
  toUnixTimestamp(maxIf(least(minute + 60, toDateTime(last_ingested_at, 'UTC')), is_past)) AS heard_until_s,
  toUnixTimestamp(maxIf(last_ingested_at, is_past)) AS ingested_s,
  toUInt32(countIf(is_past)) AS minutes,
  toUInt32(arrayMax(arrayDifference(arraySort(groupArrayIf(toInt64(toUnixTimestamp(minute)), is_past))))) AS longest_gap_s,
  toUInt32(greatest(0, toInt64(toUnixTimestamp(maxIf(minute, is_written))) - toUnixTimestamp({now:DateTime('UTC')}))) AS ahead_s
FROM
(
  SELECT
    source,
    minute,
    max(c.last_ingested_at) AS last_ingested_at,
    last_ingested_at < {now:DateTime('UTC')} + toIntervalMinute(1) AS is_written,
    is_written AND minute < {now:DateTime('UTC')} + toIntervalMinute(10) AS is_past
  FROM ingest_coverage AS c
  WHERE minute >= {now:DateTime('UTC')} - toIntervalDay(7)
  GROUP BY source, minute
  HAVING last_ingested_at < minute + toIntervalMinute(15)
)
GROUP BY source
HAVING minutes > 0
ORDER BY source
