-- Which incidents are open, or were at {since} or later? What happened in their lives, and when was each one's subject last found at fault?
SELECT
  incident_id,
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
  -- Of what is about several keys, the key may change from one finding to the next.
  SELECT f.cause AS cause, f.subject AS subject, if(f.subject = '', f.key_id, '') AS only_key, max(tick) AS last_tick
  FROM finding_records AS f
  WHERE (f.cause, f.subject, if(f.subject = '', f.key_id, '')) IN
    (SELECT i.cause, i.subject, if(i.subject = '', i.key_id, '') FROM incident_transitions AS i)
  GROUP BY cause, subject, only_key
) AS found ON found.cause = t.cause AND found.subject = t.subject AND found.only_key = if(t.subject = '', t.key_id, '')
WHERE incident_id IN
(
  SELECT incident_id
  FROM incident_transitions AS l
  GROUP BY incident_id
  HAVING argMaxIf(l.kind, sequence, l.kind NOT IN ('noted', 'linked', 'reassigned')) != 'resolved' OR max(at) >= {since:DateTime64(3, 'UTC')}
)
  AND (empty({ids:Array(String)}) OR incident_id IN {ids:Array(String)})
ORDER BY incident_id, sequence
