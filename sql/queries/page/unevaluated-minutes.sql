-- How many minutes between {from} and {to} were never evaluated, because no source was heard in them?
SELECT count() AS minutes
FROM
(
  SELECT tick
  FROM past_checks AS c
  WHERE job = 'check-keys' AND tick > {from:DateTime('UTC')} AND tick <= {to:DateTime('UTC')}
  GROUP BY tick
  HAVING countIf(c.outcome IN ('evaluated', 'in_part')) = 0
)
