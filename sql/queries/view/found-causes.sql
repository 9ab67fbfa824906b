-- What was found about a key between {from} and {to}, per cause: since when, until when, how bad, and by which thresholds was the worst of it judged?
WITH worst AS
(
  SELECT argMax(finding_id, score) AS finding_id
  FROM finding_records
  WHERE key_id IN {keys:Array(String)} AND tick >= {from:DateTime('UTC')} AND tick < {to:DateTime('UTC')}
  GROUP BY cause
)
SELECT
  found.cause AS cause,
  onset_s,
  last_s,
  severity,
  score,
  summary,
  findings,
  JSONExtractFloat(judged.statistics, 'thresholds', 'notice') AS notice_from,
  JSONExtractFloat(judged.statistics, 'thresholds', 'page') AS page_from
FROM
(
  SELECT
    f.cause AS cause,
    toUnixTimestamp(min(f.onset)) AS onset_s,
    toUnixTimestamp(max(f.tick)) AS last_s,
    argMax(f.severity, f.score) AS severity,
    max(f.score) AS score,
    argMax(f.summary, (f.tick, f.as_of)) AS summary,
    uniqExact(f.finding_id) AS findings
  FROM finding_records AS f
  WHERE f.key_id IN {keys:Array(String)} AND f.tick >= {from:DateTime('UTC')} AND f.tick < {to:DateTime('UTC')}
  GROUP BY cause
) AS found
ANY LEFT JOIN
(
  SELECT cause, statistics
  FROM finding_records
  WHERE key_id IN {keys:Array(String)} AND tick >= {from:DateTime('UTC')} AND tick < {to:DateTime('UTC')} AND finding_id IN (SELECT finding_id FROM worst)
) AS judged ON judged.cause = found.cause
ORDER BY score DESC
