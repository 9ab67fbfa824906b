-- Which pages were refused or given up since {since}, with which answer and why? The newest first.
SELECT
  p.page_id AS page_id,
  p.incident_id AS incident,
  toUnixTimestamp64Milli(max(p.at)) AS failed_ms,
  argMax(p.response_status, (p.state, p.at)) AS status,
  argMax(p.problem, (p.state, p.at)) AS why
FROM page_transitions AS p
WHERE (p.incident_id, p.page_id) IN
(
  SELECT f.incident_id, f.page_id
  FROM page_transitions AS f
  WHERE f.at >= {since:DateTime64(3, 'UTC')} AND f.state = 'failed'
)
GROUP BY p.incident_id, p.page_id
HAVING max(p.state) = 'failed'
ORDER BY failed_ms DESC, page_id
LIMIT {most:UInt32}
