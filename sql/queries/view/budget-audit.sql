-- How many incidents about leaks woke somebody or were a notice since {from}, over how many key-days, and what did people say they were?
-- A key-day is a day of a key that was learned; an incident that became worse counts as both. A word counts until the incident opens anew, and what was
-- folded into another incident is what that one is.
WITH
lately AS
(
  SELECT l.incident_id AS incident_id
  FROM incident_transitions AS l
  WHERE l.at >= {from:DateTime('UTC')}
),
lives AS
(
  SELECT
    incident_id,
    max(kind IN ('opened', 'reopened', 'escalated') AND severity IN ('critical', 'error') AND at >= {from:DateTime('UTC')}) AS woke,
    max(kind IN ('opened', 'reopened', 'escalated') AND severity IN ('warning', 'info') AND at >= {from:DateTime('UTC')}) AS noticed,
    argMaxIf(word, sequence, word != '' AND sequence >= opening) AS verdict,
    argMaxIf(home, sequence, home != '' AND sequence >= opening) AS folded_into
  FROM
  (
    SELECT
      incident_id,
      sequence,
      at,
      kind,
      severity,
      JSONExtractString(details, 'person', 'verdict') AS word,
      JSONExtractString(details, 'into') AS home,
      max(if(kind IN ('opened', 'reopened'), sequence, 0)) OVER (PARTITION BY incident_id) AS opening
    FROM incident_transitions
    WHERE cause = 'leak' AND incident_id IN
    (
      SELECT incident_id FROM lately
      UNION ALL
      SELECT JSONExtractString(f.details, 'into') FROM incident_transitions AS f WHERE f.reason = 'folded' AND f.incident_id IN (SELECT incident_id FROM lately)
    )
  )
  GROUP BY incident_id
)
SELECT
  ifNull((SELECT uniqExact(day, key_id, observed_by) FROM baselines WHERE day >= toDate({from:DateTime('UTC')})), 0) AS key_days,
  countIf(woke) AS pages,
  countIf(woke AND said = 'leak') AS pages_leak,
  countIf(woke AND said = 'benign') AS pages_benign,
  countIf(noticed) AS notices,
  countIf(noticed AND said = 'leak') AS notices_leak,
  countIf(noticed AND said = 'benign') AS notices_benign
FROM
(
  -- Each by its own id and by that of its home, where the home's own word is.
  SELECT woke, noticed, is_own, folded_into, if(verdict = '', anyIf(verdict, is_own) OVER (PARTITION BY place), verdict) AS said
  FROM lives
  ARRAY JOIN [incident_id, folded_into] AS place, [true, false] AS is_own
  WHERE place != ''
)
WHERE is_own = (folded_into = '')
