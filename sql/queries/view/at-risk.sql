-- What did the newest finding since {since} of each of these keys say is at risk, by cause and subject? Null where it said nothing.
SELECT
  key_id,
  cause,
  subject,
  argMax(f.at_risk_micros, (f.tick, f.as_of)) AS at_risk_micros
FROM finding_records AS f
-- There are findings every minute: the newest alone are read, of each observer since what a provider counts is not at risk.
PREWHERE (key_id, tick) IN
(
  SELECT n.key_id, max(n.tick)
  FROM finding_records AS n
  WHERE key_id IN {keys:Array(String)} AND n.tick >= {since:DateTime('UTC')}
  GROUP BY n.key_id, n.observed_by, n.cause, n.subject
)
GROUP BY key_id, cause, subject
ORDER BY key_id, cause, subject
