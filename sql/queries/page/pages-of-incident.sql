-- Which pages does an incident have, and what became of each? In the order in which they are sent.
SELECT page_id, toString(max(p.state)) AS last_state, argMax(p.response_status, (p.state, p.at)) AS status, argMax(p.problem, (p.state, p.at)) AS why
FROM page_transitions AS p
WHERE incident_id = {incident:String}
GROUP BY page_id
ORDER BY max(p.step), max(p.place), page_id
