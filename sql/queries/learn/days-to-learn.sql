-- For every day since the first with events: how many event rows it has now, how many it had when it was last learned (-1: never), when that
-- was and how long it took, and whether any source was heard on it.
SELECT
  toString(day) AS day,
  events,
  observed,
  if(learned_version = {version:UInt16}, learned_events, -1) AS learned_events,
  if(learned_version = {version:UInt16}, toUnixTimestamp64Milli(learned_at), 0) AS learned_ms,
  learned_in_ms
FROM
(
  SELECT toDate(minute) AS day, sum(c.events) AS events, true AS observed
  FROM ingest_coverage AS c
  WHERE minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')}
  GROUP BY day
  ORDER BY day WITH FILL TO toDate({to:DateTime('UTC')})
) AS days
LEFT JOIN
(
  SELECT
    toDate(tick - 1) AS day,
    argMax(toInt64(events), recorded_at) AS learned_events,
    argMax(version, recorded_at) AS learned_version,
    argMax(as_of, recorded_at) AS learned_at,
    argMax(duration_ms, recorded_at) AS learned_in_ms
  FROM check_runs
  WHERE job = 'learn-baselines' AND tick > {from:DateTime('UTC')}
  GROUP BY day
) AS learned USING (day)
ORDER BY day
