-- How many pages wait to be sent, since when the oldest, why the last try of one failed, and how many were refused or given up since {since}?
SELECT
  toUInt32(countIf(last_state IN ('pending', 'retrying'))) AS waiting,
  toUnixTimestamp64Milli(minIf(written_at, last_state IN ('pending', 'retrying'))) AS oldest_ms,
  toUInt32(countIf(last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')})) AS failed,
  anyLastIf(last_problem, last_state = 'failed' AND changed_at >= {since:DateTime64(3, 'UTC')}) AS problem,
  anyLastIf(last_problem, last_state = 'retrying') AS waiting_problem
FROM
(
  SELECT max(p.state) AS last_state, min(p.at) AS written_at, max(p.at) AS changed_at, argMax(p.problem, (p.state, p.at)) AS last_problem
  FROM page_transitions AS p
  WHERE p.action != 'change' AND (p.incident_id, p.page_id) IN
  (
    SELECT incident_id, page_id FROM listed_pages
    UNION ALL
    SELECT f.incident_id, f.page_id FROM page_transitions AS f WHERE f.at >= {since:DateTime64(3, 'UTC')} AND f.state = 'failed'
  )
  GROUP BY p.incident_id, p.page_id
  ORDER BY changed_at
)
