-- How many minutes were checked in the last day, by how it ended, and how many pages are in which state?
SELECT 'checks' AS what, outcome AS label, count() AS n
FROM check_runs
WHERE job = 'check-keys' AND tick > now() - INTERVAL 1 DAY
GROUP BY outcome
UNION ALL
SELECT 'pages' AS what, toString(state) AS label, count() AS n
FROM
(
  SELECT max(p.state) AS state
  FROM page_transitions AS p
  WHERE p.action != 'change' AND (p.incident_id, p.page_id) IN (SELECT incident_id, page_id FROM listed_pages)
  GROUP BY p.incident_id, p.page_id
  HAVING state IN ('pending', 'retrying')
)
GROUP BY state
UNION ALL
-- A page that is over is so once.
SELECT 'pages' AS what, toString(state) AS label, sum(pages) AS n
FROM (SELECT action, state, count() AS pages FROM page_transitions GROUP BY action, state)
WHERE action != 'change' AND state IN ('sent', 'failed', 'dropped')
GROUP BY state
