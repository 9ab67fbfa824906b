-- How many copies wait for each destination, since when the oldest, why the last try of one failed, and how many were refused or given up since {since}?
SELECT
  copied_to,
  toUInt32(countIf(last_state IN ('pending', 'retrying'))) AS waiting,
  toUnixTimestamp64Milli(minIf(written_at, last_state IN ('pending', 'retrying'))) AS oldest_ms,
  toUInt32(countIf(last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')})) AS failed,
  anyLastIf(last_problem, last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')}) AS problem,
  anyLastIf(last_problem, last_state = 'retrying') AS waiting_problem
FROM
(
  SELECT c.destination AS copied_to, max(c.state) AS last_state, min(c.at) AS written_at, max(c.at) AS changed_at, argMax(c.problem, (c.state, c.at)) AS last_problem
  FROM copy_transitions AS c
  WHERE (c.incident_id, c.page_id, c.destination) IN
  (
    SELECT incident_id, page_id, destination FROM listed_copies
    UNION ALL
    SELECT f.incident_id, f.page_id, f.destination FROM copy_transitions AS f WHERE f.at >= {since:DateTime64(3, 'UTC')} AND f.state = 'failed'
  )
  GROUP BY c.incident_id, c.page_id, copied_to
  ORDER BY changed_at
)
GROUP BY copied_to
HAVING waiting + failed > 0
ORDER BY copied_to
