-- Which keys cost most in all of a history, and of those without a cost, which were used most?
SELECT key_id, observed_by, sum(count) AS requests, sum(toUInt128(r.spend_micros)) AS spend_micros
FROM requests AS r
GROUP BY key_id, observed_by
ORDER BY spend_micros DESC, requests DESC, key_id, observed_by
LIMIT {most:UInt32}
