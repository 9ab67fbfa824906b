-- On which days from {first} to {last} did a key score {from} or more, as learned last until {visible}, and how high?
SELECT b.key_id AS key_id, b.observed_by AS observed_by, toString(b.day) AS day, argMax(b.highest_score, b.computed_at) AS score
FROM baselines AS b
WHERE b.day BETWEEN {first:Date} AND {last:Date} AND b.computed_at <= {visible:DateTime64(3, 'UTC')}
  AND (b.day, b.key_id) IN (SELECT h.day, h.key_id FROM baselines AS h WHERE h.day BETWEEN {first:Date} AND {last:Date} AND h.highest_score >= {from:Float64})
GROUP BY b.key_id, b.observed_by, b.day
HAVING score >= {from:Float64}
ORDER BY b.key_id, b.observed_by, b.day
