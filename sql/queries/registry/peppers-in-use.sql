-- Under which peppers were fingerprints made so far?
SELECT DISTINCT pepper
FROM key_fingerprints
