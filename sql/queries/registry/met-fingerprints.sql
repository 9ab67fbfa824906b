-- Which of the fingerprints {prints} are on file as met, and as whose?
SELECT DISTINCT toString(f.fingerprint) AS print, key_id
FROM key_fingerprints AS f
WHERE f.fingerprint IN {prints:Array(String)}
