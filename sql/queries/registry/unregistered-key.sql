-- Was {key} seen in traffic without a version on file, and when? As for all such keys: see unregistered-keys.
SELECT
  f.key_id AS key_id,
  arraySort(groupUniqArray(toString(f.observed_by))) AS observers,
  toUnixTimestamp(min(f.first_at)) AS first_s,
  toUnixTimestamp(max(f.last_at)) AS last_s
FROM first_seen AS f
WHERE f.key_id = {key:String}
  AND f.level = 'key'
  AND f.key_id NOT IN (SELECT v.key_id FROM key_versions AS v WHERE v.key_id = {key:String})
  AND f.key_id NOT IN (SELECT concat('fp_', left(toString(arrayJoin(v.fingerprints)), 16)) FROM key_versions AS v WHERE startsWith({key:String}, 'fp_'))
  AND f.key_id NOT IN
    (SELECT p.key_id FROM key_fingerprints AS p WHERE p.key_id = {key:String} AND p.fingerprint IN (SELECT arrayJoin(v.fingerprints) FROM key_versions AS v))
GROUP BY f.key_id
