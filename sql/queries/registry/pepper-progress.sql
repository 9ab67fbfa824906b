-- Of the keys that are registered with a fingerprint at {at}, how many were not met under the pepper {pepper} yet, and how many of those are revoked?
SELECT
  count() AS registered,
  countIf(is_waiting) AS waiting,
  countIf(is_waiting AND ifNull(revoked_at <= {at:DateTime64(3, 'UTC')}, false)) AS waiting_revoked
FROM
(
  SELECT v.revoked_at AS revoked_at, v.fingerprints AS prints, key_id NOT IN (SELECT key_id FROM key_fingerprints WHERE pepper = {pepper:String}) AS is_waiting
  FROM key_versions AS v
  WHERE v.valid_from <= {at:DateTime64(3, 'UTC')}
  ORDER BY v.key_id, v.valid_from DESC, v.recorded_at DESC
  LIMIT 1 BY v.key_id
)
WHERE notEmpty(prints)
