-- Takes copies that are over off the list of those that may not be, by the entries that are too many.
INSERT INTO open_copies (incident_id, page_id, destination, entries)
SELECT l.incident_id, l.page_id, l.destination, toInt32(-l.listed) AS entries
FROM
(
  SELECT incident_id, page_id, destination, sum(entries) AS listed
  FROM open_copies
  GROUP BY incident_id, page_id, destination
  HAVING listed != 0
) AS l
INNER JOIN
(
  SELECT c.incident_id AS incident_id, c.page_id AS page_id, c.destination AS destination
  FROM copy_transitions AS c
  WHERE (c.incident_id, c.page_id, c.destination) IN (SELECT incident_id, page_id, destination FROM open_copies)
  GROUP BY incident_id, page_id, destination
  HAVING max(c.state) NOT IN ('pending', 'retrying')
) AS o ON o.incident_id = l.incident_id AND o.page_id = l.page_id AND o.destination = l.destination
