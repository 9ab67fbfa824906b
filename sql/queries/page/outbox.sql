-- Which pages were written but neither accepted nor given up?
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
  any(p.routing_ref) AS page_ref,
  -- The states are numbered in the order of a page's life.
  max(p.state) AS last_state,
  toUnixTimestamp64Milli(min(p.at)) AS created_ms,
  countIf(p.state = 'retrying') AS attempts,
  toUnixTimestamp64Milli(max(p.not_before)) AS not_before_ms,
  -- Did everything fail that this step was to begin?
  action = 'resolve' AND (incident_id, page_step) IN
  (
    SELECT f.incident_id, f.step
    FROM page_transitions AS f
    WHERE f.action = 'trigger' AND f.incident_id IN (SELECT incident_id FROM listed_pages)
    GROUP BY f.incident_id, f.step
    HAVING countIf(f.state IN ('sent', 'dropped')) = 0 AND uniqExact(f.page_id) = uniqExactIf(f.page_id, f.state = 'failed')
  ) AS successor_failed
FROM page_transitions AS p
WHERE (p.incident_id, p.page_id) IN (SELECT incident_id, page_id FROM listed_pages)
GROUP BY p.incident_id, p.page_id
HAVING last_state IN ('pending', 'retrying')
ORDER BY created_ms, incident_id, page_step, page_place, page_id
