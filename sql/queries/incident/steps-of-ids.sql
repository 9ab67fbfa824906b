-- How many steps do the incidents {ids} have, and when was each one's subject last found at fault? Steps are appended and stay as they are: as many are the same.
SELECT lives.incident_id AS incident_id, lives.steps AS steps, toUnixTimestamp(found.last_tick) AS last_finding_s
FROM
(
  SELECT
    t.incident_id AS incident_id,
    toUInt32(count()) AS steps,
    argMin((t.cause, t.subject, if(t.subject = '', t.key_id, '')), t.sequence) AS about
  FROM incident_transitions AS t
  WHERE t.incident_id IN {ids:Array(String)}
  GROUP BY incident_id
) AS lives
LEFT JOIN
(
  SELECT (n.cause, n.subject, n.only_key) AS about, max(n.last_tick) AS last_tick
  FROM newest_findings AS n
  WHERE about IN
    (SELECT i.cause, i.subject, if(i.subject = '', i.key_id, '') FROM incident_transitions AS i WHERE i.incident_id IN {ids:Array(String)})
  GROUP BY about
) AS found ON found.about = lives.about
ORDER BY incident_id
