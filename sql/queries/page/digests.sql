-- Which digests of a storm are on file that were not ended?
SELECT
  p.incident_id AS digest,
  any(p.routing_ref) AS page_ref,
  toUnixTimestamp64Milli(min(p.at)) AS created_ms,
  max(p.place) AS last_place
FROM page_transitions AS p
WHERE p.incident_id IN (SELECT incident_id FROM ({{page/open-pages}}) WHERE startsWith(incident_id, 'digest/'))
GROUP BY digest
HAVING countIf(p.action = 'resolve') = 0
ORDER BY digest
