-- What do the pages {pages} of the incidents {incidents} say?
SELECT
  p.page_id AS page_id,
  any(p.topic) AS page_topic,
  any(p.is_minimal) AS page_is_minimal,
  p.incident_id AS incident_id,
  any(p.key_id) AS key_id,
  any(p.action) AS action,
  any(p.dedup_key) AS dedup_key,
  any(p.severity) AS severity,
  anyIf(p.body, p.state = 'pending') AS body,
  any(p.step) AS page_step,
  any(p.place) AS page_place,
  any(p.routing_ref) AS page_ref
FROM page_transitions AS p
WHERE p.incident_id IN {incidents:Array(String)} AND p.page_id IN {pages:Array(String)}
GROUP BY p.incident_id, p.page_id
ORDER BY p.incident_id, p.page_id
