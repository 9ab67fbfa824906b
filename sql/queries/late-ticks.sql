-- Which ticks got rows of their own minute after they had last been checked?
SELECT toUnixTimestamp(tick) AS tick_s
FROM
(
  SELECT tick, max(as_of) AS checked_as_of
  FROM check_runs
  WHERE job = 'check-keys' AND tick > {from:DateTime('UTC')} AND tick <= {to:DateTime('UTC')}
  GROUP BY tick
) AS checked
INNER JOIN
(
  SELECT minute + 60 AS tick, max(c.last_ingested_at) AS last_ingested_at
  FROM ingest_coverage AS c
  WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
  GROUP BY minute
) AS heard USING (tick)
WHERE last_ingested_at > checked_as_of
ORDER BY tick
