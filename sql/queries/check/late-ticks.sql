-- Which ticks were judged without rows of their own minute, because these came later, or without anybody having been heard?
-- Rows are counted, since an insert's rows become visible some time after the instant that they carry.
SELECT toUnixTimestamp(tick) AS tick_s
FROM
(
  SELECT tick, max(r.events) AS seen_events, max(r.outcome = 'evaluated') AS evaluated
  FROM past_checks AS r
  WHERE job = 'check-keys' AND tick > {from:DateTime('UTC')} AND tick <= {to:DateTime('UTC')}
  GROUP BY tick
) AS checked
INNER JOIN
(
  SELECT minute + 60 AS tick, sum(c.events) AS events
  FROM ingest_coverage AS c
  WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
  GROUP BY minute
  HAVING max(c.last_ingested_at) >= minute - INTERVAL 11 MINUTE
) AS heard USING (tick)
WHERE events > seen_events OR NOT evaluated
ORDER BY tick
