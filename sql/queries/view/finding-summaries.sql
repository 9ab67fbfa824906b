-- What do these findings say in one sentence? {keys} and {ticks} are theirs, so that no others are read.
SELECT finding_id, argMax(f.summary, f.as_of) AS summary
FROM finding_records AS f
WHERE key_id IN {keys:Array(String)} AND f.tick IN {ticks:Array(UInt32)} AND finding_id IN {findings:Array(String)}
GROUP BY finding_id
