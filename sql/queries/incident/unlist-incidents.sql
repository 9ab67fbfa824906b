-- Takes openings that a resolution followed off the list of incidents that may be open, by the entries that are too many.
INSERT INTO open_incidents (incident_id, sequence, entries)
SELECT l.incident_id, l.sequence, toInt32(-l.listed) AS entries
FROM
(
  SELECT incident_id, sequence, sum(entries) AS listed
  FROM open_incidents
  GROUP BY incident_id, sequence
  HAVING listed != 0
) AS l
INNER JOIN
(
  SELECT
    t.incident_id AS incident_id,
    maxIf(t.sequence, t.kind = 'resolved') AS ended,
    maxIf(t.sequence, t.kind NOT IN ('resolved', 'noted', 'linked', 'reassigned', 'containment')) AS went_on
  FROM incident_transitions AS t
  WHERE t.incident_id IN (SELECT incident_id FROM open_incidents)
  GROUP BY incident_id
) AS o ON o.incident_id = l.incident_id
WHERE o.ended > l.sequence AND o.ended > o.went_on
