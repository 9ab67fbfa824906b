-- Which incidents are open, how bad are they, and when was their key last found at fault?
SELECT
  incident_id,
  key_id,
  cause,
  opened_ms,
  severity,
  last_sequence,
  toUnixTimestamp(found.last_tick) AS last_finding_s
FROM
(
  SELECT
    incident_id,
    any(t.key_id) AS key_id,
    any(t.cause) AS cause,
    toUnixTimestamp64Milli(min(at)) AS opened_ms,
    argMax(t.severity, sequence) AS severity,
    argMax(t.kind, sequence) AS last_kind,
    max(sequence) AS last_sequence
  FROM incident_transitions AS t
  GROUP BY incident_id
  HAVING last_kind != 'resolved'
) AS open
LEFT JOIN
(
  SELECT key_id, cause, max(tick) AS last_tick
  FROM finding_records
  WHERE key_id IN (SELECT key_id FROM incident_transitions)
  GROUP BY key_id, cause
) AS found USING (key_id, cause)
ORDER BY incident_id
