-- What became of each copy of the pages of an incident?
SELECT
  c.page_id AS page,
  c.destination AS copied_to,
  toString(max(c.state)) AS last_state,
  argMax(c.response_status, (c.state, c.at)) AS status,
  argMax(c.problem, (c.state, c.at)) AS why
FROM copy_transitions AS c
WHERE c.incident_id = {incident:String}
GROUP BY page, copied_to
ORDER BY max(c.step), max(c.place), page, copied_to
