-- What does the newest finding about each of these incidents say of how grave it is? Incidents about which nothing was found have no row.
SELECT
  incident,
  any(f.cause) AS found_cause,
  argMax(f.score, (f.tick, f.as_of)) AS newest_score,
  argMax(f.statistics, (f.tick, f.as_of)) AS newest_statistics
FROM finding_records AS f
INNER JOIN
(
  SELECT incident_id AS incident, any(t.cause) AS cause, any(t.subject) AS subject, if(subject = '', any(t.key_id), '') AS key, min(t.at) AS opened_at
  FROM incident_transitions AS t
  WHERE incident_id IN {incidents:Array(String)}
  GROUP BY incident_id
) AS open ON open.cause = f.cause AND open.subject = f.subject AND open.key = if(f.subject = '', f.key_id, '')
WHERE f.tick >= (SELECT toDateTime(min(at), 'UTC') FROM incident_transitions WHERE incident_id IN {incidents:Array(String)})
  AND f.tick >= toDateTime(open.opened_at, 'UTC')
GROUP BY incident
ORDER BY incident
