-- Which pages were written but neither accepted nor given up? With {ids}: these pages, in whatever state they are.
SELECT
  page_id,
  any(p.incident_id) AS incident_id,
  any(p.key_id) AS key_id,
  any(p.action) AS action,
  any(p.dedup_key) AS dedup_key,
  any(p.severity) AS severity,
  anyIf(p.body, state = 'pending') AS body,
  -- The states are numbered in the order of a page's life.
  max(state) AS last_state,
  toUnixTimestamp64Milli(min(at)) AS created_ms
FROM page_transitions AS p
WHERE empty({ids:Array(String)}) OR page_id IN {ids:Array(String)}
GROUP BY page_id
HAVING notEmpty({ids:Array(String)}) OR last_state IN ('pending', 'retrying')
ORDER BY created_ms, page_id
