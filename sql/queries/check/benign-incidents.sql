-- Of which incidents that began after {since} had people said, by {until}, that they were benign, and of whom do these tell? One row per key: the networks
-- that the findings of the incident blamed until then, and programs and routes that were new in the same minutes. A person's newest word on an incident
-- counts, and only for what was on file when it was given: nobody vouches for what came later about the same minutes. What is expected for a time is not among them: that ends with its suppression.
WITH
  said AS
  (
    SELECT
      t.incident_id AS incident_id,
      any(t.key_id) AS key_id,
      any(t.cause) AS cause,
      any(t.subject) AS subject,
      min(t.at) AS opened_at,
      maxIf(t.at, word != '') AS said_at,
      argMaxIf(word, (t.at, t.sequence), word != '') AS last_word,
      argMaxIf(t.reason, (t.at, t.sequence), word != '') AS last_reason,
      argMaxIf(t.actor, (t.at, t.sequence), word != '') AS said_by
    FROM
    (
      SELECT w.incident_id, w.key_id, w.cause, w.subject, w.at, w.sequence, w.reason, w.verdict AS word, JSONExtractString(w.details, 'person', 'actor') AS actor
      FROM incident_transitions AS w
      WHERE w.incident_id IN (SELECT i.incident_id FROM incident_transitions AS i WHERE i.verdict = 'benign' AND i.at >= {since:DateTime64(3, 'UTC')})
        AND w.at <= {until:DateTime64(3, 'UTC')}
    ) AS t
    GROUP BY t.incident_id
    HAVING last_word = 'benign' AND last_reason = 'by_person' AND cause = 'leak' AND opened_at >= {since:DateTime64(3, 'UTC')}
  )
SELECT
  key_id,
  toUnixTimestamp64Milli(said_at) AS said_ms,
  any(said_by) AS said_by,
  arraySort(groupUniqArrayArray(JSONExtract(f.statistics, 'blamed_networks', 'Array(String)'))) AS networks,
  arraySort(groupUniqArrayArray(JSONExtract(f.statistics, 'also_new', 'programs', 'Array(String)'))) AS programs,
  arraySort(groupUniqArrayArray(JSONExtract(f.statistics, 'also_new', 'routes', 'Array(String)'))) AS routes
FROM said
INNER JOIN
(
  SELECT fr.key_id AS key_id, fr.cause AS cause, fr.subject AS subject, fr.tick AS tick, fr.recorded_at AS filed_at, fr.statistics AS statistics
  FROM finding_records AS fr
  WHERE fr.tick >= {since:DateTime64(3, 'UTC')} AND fr.key_id IN (SELECT said.key_id FROM said)
) AS f USING (key_id, cause, subject)
WHERE f.tick >= opened_at AND f.tick <= said_at AND f.filed_at <= said_at
GROUP BY key_id, said_ms
ORDER BY key_id, said_ms
