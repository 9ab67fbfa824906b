-- Under which ids that traffic gave it was each of {keys} (of all when empty) used before it was registered? By the fingerprints that its versions name, also
-- when the id was made under a former pepper, and by what they replace. An id that is registered itself is no former one.
SELECT key_id, arraySort(groupUniqArray(former)) AS former_ids
FROM
(
  SELECT
    v.key_id AS key_id,
    arrayJoin(arrayPushBack(arrayMap(print -> concat('fp_', left(toString(print), 16)), v.fingerprints), v.replaces)) AS former
  FROM key_versions AS v
  WHERE (empty({keys:Array(String)}) OR v.key_id IN {keys:Array(String)})
  UNION ALL
  SELECT registered.key_id AS key_id, p.key_id AS former
  FROM key_fingerprints AS p
  INNER JOIN
  (
    SELECT v.key_id AS key_id, toString(arrayJoin(v.fingerprints)) AS print
    FROM key_versions AS v
    WHERE (empty({keys:Array(String)}) OR v.key_id IN {keys:Array(String)})
  ) AS registered ON registered.print = toString(p.fingerprint)
) AS ids
WHERE match(former, '^fp_[0-9a-f]{16}$')
  AND former IN (SELECT key_id FROM used_keys WHERE startsWith(key_id, 'fp_') AND key_id NOT IN (SELECT key_id FROM key_versions WHERE startsWith(key_id, 'fp_')))
GROUP BY key_id
ORDER BY key_id
