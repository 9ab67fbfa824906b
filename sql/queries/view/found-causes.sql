-- What was found about a key between {from} and {to}, per cause: since when, until when, how bad?
SELECT
  cause,
  toUnixTimestamp(min(f.onset)) AS onset_s,
  toUnixTimestamp(max(f.tick)) AS last_s,
  argMax(f.severity, f.score) AS severity,
  max(f.score) AS score,
  argMax(f.summary, (f.tick, f.as_of)) AS summary,
  uniqExact(finding_id) AS findings
FROM finding_records AS f
WHERE key_id = {key:String} AND f.tick >= {from:DateTime('UTC')} AND f.tick < {to:DateTime('UTC')}
GROUP BY cause
ORDER BY score DESC
