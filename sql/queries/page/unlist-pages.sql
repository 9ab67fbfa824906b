-- Takes pages that are over off the list of those that may not be, by the entries that are too many. A digest's are over when its end is on file.
INSERT INTO open_pages (incident_id, page_id, entries)
SELECT l.incident_id, l.page_id, toInt32(-l.listed) AS entries
FROM
(
  SELECT incident_id, page_id, sum(entries) AS listed
  FROM open_pages
  GROUP BY incident_id, page_id
  HAVING listed != 0
) AS l
INNER JOIN
(
  SELECT p.incident_id AS incident_id, p.page_id AS page_id, any(p.topic) AS page_topic
  FROM page_transitions AS p
  WHERE (p.incident_id, p.page_id) IN (SELECT incident_id, page_id FROM open_pages)
  GROUP BY incident_id, page_id
  HAVING max(p.state) NOT IN ('pending', 'retrying')
) AS o ON o.incident_id = l.incident_id AND o.page_id = l.page_id
WHERE o.page_topic != 'digest'
  OR l.incident_id IN
  (
    SELECT e.incident_id
    FROM page_transitions AS e
    WHERE e.incident_id IN (SELECT incident_id FROM open_pages) AND e.action = 'resolve'
  )
