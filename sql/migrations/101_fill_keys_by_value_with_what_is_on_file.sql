-- What its view is given meanwhile may be written twice: of the first and the last instant that changes nothing.
INSERT INTO keys_by_value
SELECT key_id, observed_by, level, value, min(f.first_at) AS first_at, max(f.last_at) AS last_at
FROM first_seen AS f
WHERE level IN ('asn', 'scope')
GROUP BY key_id, observed_by, level, value
