-- How many minutes were checked in the last day, by how it ended, and how many pages are in which state?
SELECT 'checks' AS what, outcome AS label, count() AS n
FROM check_runs
WHERE job = 'check-keys' AND tick > now() - INTERVAL 1 DAY
GROUP BY outcome
UNION ALL
SELECT 'pages' AS what, state AS label, count() AS n
FROM (SELECT toString(max(p.state)) AS state FROM page_transitions AS p WHERE p.action != 'change' GROUP BY p.page_id)
GROUP BY state
