-- Which pages belong to a step of an incident since {since}, but are not in the outbox, because their writer died in between?
WITH recent AS
(
  SELECT r.incident_id AS incident_id, r.sequence AS sequence, page_id
  FROM incident_transitions AS r
  ARRAY JOIN r.page_ids AS page_id
  WHERE r.recorded_at >= {since:DateTime64(3, 'UTC')}
)
SELECT t.pages AS pages
FROM incident_transitions AS t
WHERE (t.incident_id, t.sequence) IN
(
  SELECT incident_id, sequence
  FROM recent
  WHERE (incident_id, page_id) NOT IN
  (
    SELECT p.incident_id, p.page_id
    FROM page_transitions AS p
    WHERE (p.incident_id, p.page_id) IN (SELECT incident_id, page_id FROM recent) AND p.state = 'pending'
  )
)
ORDER BY pages
