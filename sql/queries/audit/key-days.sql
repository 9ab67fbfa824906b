-- When was every registered key, under its id or the one that it had before, first and last served; and of those used in the day before {now}, when before that (in the last 120 days; 0: not), and since when?
SELECT
  f.key_id AS key_id,
  f.first_s AS first_s,
  f.last_s AS last_s,
  u.before_s AS before_s,
  u.since_s AS since_s
FROM
(
  SELECT s.key_id AS key_id, toUnixTimestamp(min(s.first_at)) AS first_s, toUnixTimestamp(max(s.last_at)) AS last_s
  FROM first_seen AS s
  WHERE s.level = 'key' AND (s.key_id IN (SELECT key_id FROM key_versions)
    OR s.key_id IN (SELECT concat('fp_', left(toString(arrayJoin(fingerprints)), 16)) FROM key_versions))
  GROUP BY key_id
) AS f
LEFT JOIN
(
  SELECT
    h.key_id AS key_id,
    toUnixTimestamp(maxIf(h.hour, h.hour < toStartOfHour({now:DateTime('UTC')}) - toIntervalDay(1))) AS before_s,
    toUnixTimestamp(minIf(h.hour, h.hour >= toStartOfHour({now:DateTime('UTC')}) - toIntervalDay(1))) AS since_s
  FROM usage_hours AS h
  WHERE toDate(h.hour) >= toDate({now:DateTime('UTC')}) - 120 AND h.hour < {now:DateTime('UTC')} AND h.served > 0
    AND h.key_id IN
    (
      SELECT s.key_id
      FROM first_seen AS s
      WHERE s.level = 'key' AND (s.key_id IN (SELECT key_id FROM key_versions)
        OR s.key_id IN (SELECT concat('fp_', left(toString(arrayJoin(fingerprints)), 16)) FROM key_versions))
      GROUP BY s.key_id
      HAVING max(s.last_at) >= toStartOfHour({now:DateTime('UTC')}) - toIntervalDay(1)
    )
  GROUP BY key_id
) AS u ON u.key_id = f.key_id
ORDER BY key_id
