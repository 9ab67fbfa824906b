-- How many calls to guards are in which state, by guard?
SELECT guard_name, toString(state) AS call_state, count() AS n
FROM
(
  SELECT any(c.guard) AS guard_name, max(c.state) AS state
  FROM containment_calls AS c
  WHERE c.incident_id IN (SELECT incident_id FROM open_containments)
  GROUP BY c.incident_id, c.call_id
  HAVING state IN ('pending', 'retrying')
)
GROUP BY guard_name, state
UNION ALL
-- A call that is over is so once.
SELECT guard AS guard_name, toString(state) AS call_state, sum(calls) AS n
FROM (SELECT guard, state, count() AS calls FROM containment_calls GROUP BY guard, state)
WHERE state IN ('sent', 'failed', 'dropped')
GROUP BY guard, state
