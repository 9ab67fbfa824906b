-- Which digests of a storm are on file that were not ended?
SELECT
  p.incident_id AS digest,
  any(p.routing_ref) AS page_ref,
  toUnixTimestamp64Milli(min(p.at)) AS created_ms,
  max(p.step) AS last_step
FROM page_transitions AS p
WHERE p.topic = 'digest' AND p.incident_id IN (SELECT incident_id FROM listed_pages)
GROUP BY digest
HAVING countIf(p.action = 'resolve') = 0
ORDER BY digest
