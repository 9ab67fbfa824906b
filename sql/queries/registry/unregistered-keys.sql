-- Which keys were seen in traffic and have no version on file at all, and when? An fp_ id whose fingerprint is on file is registered, also
-- when it was made under a former pepper.
WITH unnamed AS
(
  SELECT u.key_id AS key_id, u.observed_by AS observed_by, u.first_at AS first_at, u.last_at AS last_at
  FROM used_keys AS u
  WHERE u.key_id NOT IN (SELECT v.key_id FROM key_versions AS v)
),
(SELECT count() FROM (SELECT 1 FROM used_keys WHERE startsWith(key_id, 'fp_') LIMIT 1)) AS given
SELECT
  key_id,
  arraySort(groupUniqArray(toString(observed_by))) AS observers,
  toUnixTimestamp(min(f.first_at)) AS first_s,
  toUnixTimestamp(max(f.last_at)) AS last_s
FROM unnamed AS f
WHERE key_id NOT IN (SELECT concat('fp_', left(toString(arrayJoin(fingerprints)), 16)) FROM key_versions WHERE given > 0)
  AND key_id NOT IN (SELECT p.key_id FROM key_fingerprints AS p WHERE given > 0 AND p.fingerprint IN (SELECT arrayJoin(fingerprints) FROM key_versions WHERE given > 0))
GROUP BY key_id
ORDER BY last_s DESC, key_id
LIMIT {limit:UInt32}
