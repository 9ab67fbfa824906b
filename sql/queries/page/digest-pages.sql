-- Which pages were told in the digest {digest} since {since}, and is the incident of each over?
WITH told AS
(
  SELECT d.incident_id AS incident_id, d.page_id AS page_id
  FROM page_transitions AS d
  WHERE d.at >= {since:DateTime64(3, 'UTC')} AND d.state = 'dropped' AND d.reported_in = {digest:String}
)
SELECT
  p.page_id AS page_id,
  p.incident_id AS incident,
  any(p.key_id) AS key,
  any(p.severity) AS page_severity,
  anyIf(p.body, p.state = 'pending') AS page_body,
  incident IN
  (
    SELECT t.incident_id
    FROM incident_transitions AS t
    WHERE t.incident_id IN (SELECT incident_id FROM told)
    GROUP BY t.incident_id
    HAVING argMaxIf(t.kind, t.sequence, t.kind NOT IN ('noted', 'linked', 'reassigned', 'containment')) = 'resolved'
  ) AS is_over
FROM page_transitions AS p
WHERE (p.incident_id, p.page_id) IN (SELECT incident_id, page_id FROM told)
GROUP BY p.incident_id, p.page_id
ORDER BY key, page_id
