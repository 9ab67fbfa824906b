-- How many copies of pages are in which state, by destination?
SELECT destination AS copied_to, toString(state) AS copy_state, count() AS n
FROM
(
  SELECT c.destination AS destination, max(c.state) AS state
  FROM copy_transitions AS c
  WHERE (c.incident_id, c.page_id, c.destination) IN (SELECT incident_id, page_id, destination FROM listed_copies)
  GROUP BY c.incident_id, c.page_id, c.destination
  HAVING state IN ('pending', 'retrying')
)
GROUP BY destination, state
UNION ALL
-- A copy that is over is so once.
SELECT destination AS copied_to, toString(state) AS copy_state, sum(copies) AS n
FROM (SELECT destination, state, count() AS copies FROM copy_transitions GROUP BY destination, state)
WHERE state IN ('sent', 'failed', 'dropped')
GROUP BY destination, state
