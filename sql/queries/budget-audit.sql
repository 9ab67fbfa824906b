-- How many incidents about leaks woke somebody or were a notice since {from}, and over how many key-days was that?
-- A key-day is a day of a key that was learned; one that became worse counts as both.
SELECT
  (SELECT uniqExact(day, key_id, observed_by) FROM baselines WHERE day >= toDate({from:DateTime('UTC')})) AS key_days,
  uniqExactIf(incident_id, severity IN ('critical', 'error')) AS pages,
  uniqExactIf(incident_id, severity IN ('warning', 'info')) AS notices
FROM incident_transitions
WHERE cause = 'leak' AND kind IN ('opened', 'escalated') AND at >= {from:DateTime('UTC')}
