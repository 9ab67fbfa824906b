-- Who wrote the versions of keys that count since {since} or later? A change of the pepper adds a fingerprint and says nothing else.
SELECT v.key_id AS key_id, toUnixTimestamp64Milli(v.valid_from) AS valid_ms, argMaxIf(v.recorded_by, v.recorded_at, v.origin = 'change') AS recorded_by
FROM key_versions AS v
WHERE v.valid_from >= {since:DateTime64(3, 'UTC')}
GROUP BY key_id, valid_ms
