-- Which pages were refused or given up since {since}, with which answer and why? The newest first.
SELECT
  page_id,
  any(p.incident_id) AS incident,
  toUnixTimestamp64Milli(max(p.at)) AS failed_ms,
  argMax(p.response_status, (p.state, p.at)) AS status,
  argMax(p.problem, (p.state, p.at)) AS why
FROM page_transitions AS p
GROUP BY page_id
HAVING max(p.state) = 'failed' AND max(p.at) >= {since:DateTime64(3, 'UTC')}
ORDER BY failed_ms DESC, page_id
LIMIT {most:UInt32}
