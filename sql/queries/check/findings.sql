-- What was found of these {subjects} (cause, subject and, without a subject, key, with blanks between) between {from} and {to}, at these {ticks} (none: at any)?
-- {keys}: those that they are filed under; none where that is not known. Of a finding that was judged again, the last; the newest first.
SELECT
  finding_id,
  toUnixTimestamp(f.tick) AS tick_s,
  toUnixTimestamp64Milli(max(f.as_of)) AS as_of_ms,
  any(f.key_id) AS key_id,
  any(f.observed_by) AS observed_by,
  any(f.cause) AS cause,
  any(f.subject) AS subject,
  argMax(f.severity, f.as_of) AS severity,
  argMax(f.score, f.as_of) AS score,
  toUnixTimestamp(argMax(f.onset, f.as_of)) AS onset_s,
  argMax(f.headline, f.as_of) AS headline,
  argMax(f.signals, f.as_of) AS signals,
  argMax(f.statistics, f.as_of) AS statistics
FROM finding_records AS f
WHERE (empty({keys:Array(String)}) OR f.key_id IN {keys:Array(String)})
  AND concat(f.cause, ' ', f.subject, ' ', if(f.subject = '', f.key_id, '')) IN {subjects:Array(String)}
  AND f.tick >= {from:DateTime('UTC')}
  AND f.tick < {to:DateTime('UTC')}
  AND (empty({ticks:Array(UInt32)}) OR toUnixTimestamp(f.tick) IN {ticks:Array(UInt32)})
GROUP BY finding_id, f.tick
ORDER BY tick_s DESC, finding_id
LIMIT {most:UInt32}
