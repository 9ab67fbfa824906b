-- Which copies of pages were written for a destination but neither accepted nor given up?
SELECT
  c.incident_id AS incident,
  c.page_id AS page,
  c.destination AS copied_to,
  any(c.topic) AS page_topic,
  any(c.step) AS page_step,
  any(c.place) AS page_place,
  any(c.action) AS page_action,
  max(c.state) AS last_state,
  toUnixTimestamp64Milli(min(c.at)) AS created_ms,
  countIf(c.state = 'retrying') AS attempts,
  toUnixTimestamp64Milli(max(c.not_before)) AS not_before_ms,
  toUnixTimestamp64Milli(max(c.at)) AS tried_ms
FROM copy_transitions AS c
WHERE (c.incident_id, c.page_id, c.destination) IN (SELECT incident_id, page_id, destination FROM listed_copies)
GROUP BY incident, page, copied_to
HAVING last_state IN ('pending', 'retrying')
ORDER BY created_ms, incident, page_step, page_place, page, copied_to
