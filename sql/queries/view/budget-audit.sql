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
  countIf(o.woke) AS pages,
  countIf(o.woke AND said = 'leak') AS pages_leak,
  countIf(o.woke AND said = 'benign') AS pages_benign,
  countIf(o.noticed) AS notices,
  countIf(o.noticed AND said = 'leak') AS notices_leak,
  countIf(o.noticed AND said = 'benign') AS notices_benign
FROM
(
  SELECT a.woke AS woke, a.noticed AS noticed, if(a.verdict = '', b.verdict, a.verdict) AS said
  FROM lives AS a
  LEFT JOIN lives AS b ON b.incident_id = a.folded_into
) AS o
