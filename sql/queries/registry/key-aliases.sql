-- Which keys that nobody registered keep an id that was made under a former pepper, and by which fingerprint are they known now?
SELECT toString(f.fingerprint) AS print, min(f.key_id) AS key_id
FROM key_fingerprints AS f
WHERE startsWith(f.key_id, 'fp_')
GROUP BY print
