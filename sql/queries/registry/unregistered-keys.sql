-- Which keys were seen in traffic and have no version on file at all, and when? An fp_ id whose fingerprint is on file is registered, also
-- when it was made under a former pepper.
SELECT
  key_id,
  arraySort(groupUniqArray(toString(observed_by))) AS observers,
  toUnixTimestamp(min(f.first_at)) AS first_s,
  toUnixTimestamp(max(f.last_at)) AS last_s
FROM first_seen AS f
WHERE level = 'key'
  AND key_id NOT IN (SELECT key_id FROM key_versions)
  AND key_id NOT IN (SELECT concat('fp_', left(toString(arrayJoin(fingerprints)), 16)) FROM key_versions)
  AND key_id NOT IN (SELECT key_id FROM key_fingerprints WHERE fingerprint IN (SELECT arrayJoin(fingerprints) FROM key_versions))
GROUP BY key_id
ORDER BY last_s DESC, key_id
LIMIT {limit:UInt32}
