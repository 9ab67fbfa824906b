-- Which incidents are listed as open, or were at {since} or later? What happened in their lives, and when was each one's subject last found at fault?
-- With {ids}: of these alone; with {keys}: of those alone that name one of them in a step.
WITH listed AS
(
  SELECT arrayJoin({ids:Array(String)}) AS incident_id
  UNION ALL
  SELECT incident_id
  FROM listed_incidents
  WHERE empty({ids:Array(String)})
  UNION ALL
  SELECT incident_id
  FROM incident_transitions AS r
  WHERE empty({ids:Array(String)}) AND r.at >= {since:DateTime64(3, 'UTC')}
),
wanted AS
(
  SELECT incident_id
  FROM listed
  WHERE empty({keys:Array(String)})
  UNION ALL
  SELECT w.incident_id
  FROM incident_transitions AS w
  WHERE notEmpty({keys:Array(String)}) AND w.incident_id IN (SELECT incident_id FROM listed)
    AND (w.key_id IN {keys:Array(String)} OR hasAny(JSONExtract(w.details, 'keys', 'Array(String)'), {keys:Array(String)}))
)
SELECT
  t.incident_id AS incident_id,
  sequence,
  toUnixTimestamp64Milli(at) AS at_ms,
  t.key_id AS key_id,
  t.cause AS cause,
  t.subject AS subject,
  kind,
  reason,
  t.severity AS severity,
  t.finding_id AS finding_id,
  details,
  toUnixTimestamp(found.last_tick) AS last_finding_s
FROM incident_transitions AS t
LEFT JOIN
(
  SELECT n.cause AS cause, n.subject AS subject, n.only_key AS only_key, max(n.last_tick) AS last_tick
  FROM newest_findings AS n
  WHERE (n.cause, n.subject, n.only_key) IN
    (SELECT i.cause, i.subject, if(i.subject = '', i.key_id, '') FROM incident_transitions AS i WHERE i.incident_id IN (SELECT incident_id FROM wanted))
  GROUP BY cause, subject, only_key
) AS found ON found.cause = t.cause AND found.subject = t.subject AND found.only_key = if(t.subject = '', t.key_id, '')
WHERE t.incident_id IN (SELECT incident_id FROM wanted)
ORDER BY incident_id, sequence
