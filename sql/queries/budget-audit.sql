-- How many incidents about leaks woke somebody or were a notice since {from}, and over how many key-days was that? What did people say they were?
-- A key-day is a day of a key that was learned; one that became worse counts as both. Verdicts are of those that woke somebody.
SELECT
  (SELECT uniqExact(day, key_id, observed_by) FROM baselines WHERE day >= toDate({from:DateTime('UTC')})) AS key_days,
  uniqExactIf(incident_id, woke) AS pages,
  uniqExactIf(incident_id, noticed) AS notices,
  countIf(woke AND verdict = 'leak') AS pages_judged_leak,
  countIf(woke AND verdict = 'benign') AS pages_judged_benign
FROM
(
  SELECT
    incident_id,
    max(t.kind IN ('opened', 'reopened', 'escalated') AND t.severity IN ('critical', 'error') AND at >= {from:DateTime('UTC')}) AS woke,
    max(t.kind IN ('opened', 'reopened', 'escalated') AND t.severity IN ('warning', 'info') AND at >= {from:DateTime('UTC')}) AS noticed,
    argMaxIf(JSONExtractString(t.details, 'person', 'verdict'), sequence, JSONExtractString(t.details, 'person', 'verdict') != '') AS verdict
  FROM incident_transitions AS t
  WHERE cause = 'leak'
  GROUP BY incident_id
)
