-- Which incident does PagerDuty mean: by the dedup key of one of its pages, or by its address there, which an earlier event told?
SELECT incident_id, toUInt8(ifNull(max(is_newest), 0)) AS is_of_newest
FROM
(
  SELECT p.incident_id AS incident_id, p.dedup_key = (
    SELECT argMax(l.dedup_key, (l.step, l.place)) FROM page_transitions AS l
    WHERE l.action = 'trigger' AND l.incident_id = (SELECT any(k.incident_id) FROM page_transitions AS k WHERE {dedup_key:String} != '' AND k.dedup_key = {dedup_key:String})
  ) AS is_newest
  FROM page_transitions AS p
  WHERE {dedup_key:String} != '' AND p.dedup_key = {dedup_key:String} AND p.topic != 'digest'
  UNION ALL
  SELECT t.incident_id AS incident_id, true AS is_newest
  FROM incident_transitions AS t
  WHERE {dedup_key:String} = '' AND {url:String} != '' AND t.person_url = {url:String}
)
WHERE incident_id != ''
GROUP BY incident_id
LIMIT 1
