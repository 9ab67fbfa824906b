-- Which pages were told in the digest {digest}, and is the incident of each over?
SELECT
  p.page_id AS page_id,
  any(p.incident_id) AS incident,
  any(p.key_id) AS key,
  any(p.severity) AS page_severity,
  anyIf(p.body, p.state = 'pending') AS page_body,
  incident IN
  (
    SELECT incident_id FROM incident_transitions AS t GROUP BY incident_id
    HAVING argMaxIf(t.kind, sequence, t.kind NOT IN ('noted', 'linked', 'reassigned')) = 'resolved'
  ) AS is_over
FROM page_transitions AS p
WHERE p.page_id IN (SELECT page_id FROM page_transitions AS d WHERE d.state = 'dropped' AND d.problem = concat('told in ', {digest:String}))
GROUP BY page_id
ORDER BY key, page_id
