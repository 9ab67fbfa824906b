-- How many calls wait for each guard, since when the oldest, how many of them are to undo something, why the last try of one failed, and how many were refused since {since}?
SELECT
  asked_guard AS guard_name,
  toUInt32(countIf(last_state IN ('pending', 'retrying'))) AS waiting,
  toUInt32(countIf(last_state IN ('pending', 'retrying') AND call_effect = 'undo')) AS waiting_undos,
  toUnixTimestamp64Milli(minIf(written_at, last_state IN ('pending', 'retrying'))) AS oldest_ms,
  toUInt32(countIf(last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')})) AS failed,
  anyLastIf(last_problem, last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')}) AS problem,
  anyLastIf(last_problem, last_state = 'retrying') AS waiting_problem
FROM
(
  SELECT any(c.guard) AS asked_guard, any(c.effect) AS call_effect, max(c.state) AS last_state, min(c.at) AS written_at, max(c.at) AS changed_at, argMax(c.problem, (c.state, c.at)) AS last_problem
  FROM containment_calls AS c
  WHERE c.incident_id IN
  (
    SELECT incident_id FROM open_containments
    UNION ALL
    SELECT f.incident_id FROM containment_calls AS f WHERE f.at >= {since:DateTime64(3, 'UTC')} AND f.state = 'failed'
  )
  GROUP BY c.incident_id, c.call_id
  ORDER BY changed_at
)
GROUP BY guard_name
HAVING waiting + failed > 0
ORDER BY guard_name
