-- Which digests of a storm are on file that were not ended, and how many events has each?
SELECT
  p.incident_id AS digest,
  any(p.routing_ref) AS page_ref,
  toUnixTimestamp64Milli(min(p.at)) AS created_ms,
  uniqExact(p.page_id) AS events,
  max(p.place) AS last_place
FROM page_transitions AS p
WHERE p.incident_id LIKE 'digest/%'
GROUP BY digest
HAVING countIf(p.action = 'resolve') = 0
ORDER BY digest
