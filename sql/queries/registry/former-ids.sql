-- Under which ids that traffic gave it was each of {keys} (of all when empty) used before it was registered? By the fingerprints that its versions name, also
-- when the id was made under a former pepper, and by what they replace. An id that is registered itself is no former one. Where traffic gave no ids at all the
-- registry is not looked through.
WITH
  given AS
  (
    SELECT DISTINCT f.key_id AS key_id
    FROM first_seen AS f
    WHERE f.level = 'key' AND startsWith(f.key_id, 'fp_') AND match(f.key_id, '^fp_[0-9a-f]{16}$')
  ),
  known AS (SELECT key_id FROM given WHERE key_id NOT IN (SELECT key_id FROM key_versions WHERE startsWith(key_id, 'fp_')))
SELECT key_id, arraySort(groupUniqArray(former)) AS former_ids
FROM
(
  SELECT v.key_id AS key_id, concat('fp_', left(toString(arrayJoin(v.fingerprints)), 16)) AS former
  FROM key_versions AS v
  WHERE (empty({keys:Array(String)}) OR v.key_id IN {keys:Array(String)})
    AND (SELECT count() FROM known) > 0
  UNION ALL
  SELECT registered.key_id AS key_id, p.key_id AS former
  FROM key_fingerprints AS p
  INNER JOIN
  (
    SELECT key_id, toString(arrayJoin(v.fingerprints)) AS print
    FROM key_versions AS v
    WHERE (empty({keys:Array(String)}) OR v.key_id IN {keys:Array(String)})
      AND (SELECT count() FROM known) > 0
  ) AS registered ON registered.print = toString(p.fingerprint)
  WHERE p.key_id IN (SELECT key_id FROM known)
  UNION ALL
  SELECT v.key_id AS key_id, v.replaces AS former
  FROM key_versions AS v
  WHERE (empty({keys:Array(String)}) OR v.key_id IN {keys:Array(String)})
    AND startsWith(v.replaces, 'fp_')
) AS ids
WHERE former IN (SELECT key_id FROM known)
GROUP BY key_id
ORDER BY key_id
