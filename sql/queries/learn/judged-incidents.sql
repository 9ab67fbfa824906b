-- What did people say, since {since} and by {visible}, that incidents about leaks of single keys were, and when did these begin and end? A person's newest word counts; benign was only
-- what there was until then, and not what an incident that was opened again is about.
SELECT
  t.key_id AS key_id,
  toUnixTimestamp64Milli(min(t.at)) AS opened_ms,
  toUnixTimestamp64Milli(max(t.at)) AS ended_ms,
  argMaxIf(t.verdict, t.sequence, t.verdict != '') AS word
FROM incident_transitions AS t
WHERE t.incident_id IN (SELECT s.incident_id FROM incident_transitions AS s WHERE s.verdict != '' AND s.at >= {since:DateTime64(3, 'UTC')})
  AND t.cause = 'leak' AND t.recorded_at <= {visible:DateTime64(3, 'UTC')}
GROUP BY t.incident_id, t.key_id
HAVING word = 'leak' OR (word = 'benign' AND maxIf(t.sequence, t.verdict != '') > maxIf(t.sequence, t.kind IN ('opened', 'reopened')))
ORDER BY key_id, opened_ms
