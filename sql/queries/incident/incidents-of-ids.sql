-- What happened in the lives of the incidents {ids}, and when was each one's subject last found at fault?
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
    (SELECT i.cause, i.subject, if(i.subject = '', i.key_id, '') FROM incident_transitions AS i WHERE i.incident_id IN {ids:Array(String)})
  GROUP BY cause, subject, only_key
) AS found ON found.cause = t.cause AND found.subject = t.subject AND found.only_key = if(t.subject = '', t.key_id, '')
WHERE t.incident_id IN {ids:Array(String)}
ORDER BY incident_id, sequence
