-- Which incidents are open, what has happened in their lives, and when was their key last found at fault?
SELECT
  incident_id,
  sequence,
  toUnixTimestamp64Milli(at) AS at_ms,
  key_id,
  cause,
  kind,
  reason,
  severity,
  finding_id,
  toUnixTimestamp(found.last_tick) AS last_finding_s
FROM incident_transitions
LEFT JOIN
(
  SELECT key_id, cause, max(tick) AS last_tick
  FROM finding_records
  WHERE key_id IN (SELECT key_id FROM incident_transitions)
  GROUP BY key_id, cause
) AS found USING (key_id, cause)
WHERE incident_id NOT IN (SELECT incident_id FROM incident_transitions WHERE kind = 'resolved')
ORDER BY incident_id, sequence
