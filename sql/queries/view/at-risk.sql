-- What did the newest finding since {since} of each of these keys say is at risk, by cause and subject? Null where it said nothing.
SELECT
  key_id,
  cause,
  subject,
  argMax(JSONExtract(f.statistics, 'at_risk_micros', 'Nullable(Float64)'), (f.tick, f.as_of)) AS at_risk_micros
FROM finding_records AS f
WHERE key_id IN {keys:Array(String)} AND f.tick >= {since:DateTime('UTC')}
GROUP BY key_id, cause, subject
ORDER BY key_id, cause, subject
