-- Which incidents about keys lasted into the days between {from} and {to}: since which onset, until when, about which keys? Open ones last.
WITH asked AS
(
  SELECT incident_id
  FROM listed_incidents
  UNION ALL
  SELECT r.incident_id
  FROM incident_transitions AS r
  WHERE r.at >= {from:DateTime64(3, 'UTC')}
)
SELECT
  incident_id,
  arrayDistinct(arrayFilter(key -> key != '', arrayPushFront(i.keys, i.key_id))) AS key_ids,
  toUnixTimestamp64Milli(if(began.onset = 0, i.opened_at, least(i.opened_at, toDateTime64(began.onset, 3, 'UTC')))) AS from_ms,
  toUnixTimestamp64Milli(if(i.state = 'resolved', began.resolved_at, {to:DateTime64(3, 'UTC')})) AS to_ms
FROM incidents AS i
INNER JOIN
(
  SELECT t.incident_id AS incident_id, minIf(toUnixTimestamp(f.onset), f.onset > 0) AS onset, maxIf(t.at, t.kind = 'resolved') AS resolved_at
  FROM incident_transitions AS t
  LEFT JOIN
  (
    SELECT r.finding_id AS finding_id, r.key_id AS key_id, r.onset AS onset
    FROM finding_records AS r
    -- A step that comes from a finding is of its tick.
    WHERE r.tick >= (SELECT toDateTime(min(b.at), 'UTC') FROM incident_transitions AS b WHERE b.incident_id IN (SELECT incident_id FROM asked))
  ) AS f ON f.finding_id = t.finding_id AND f.key_id = t.key_id
  WHERE t.incident_id IN (SELECT incident_id FROM asked)
  GROUP BY incident_id
) AS began USING (incident_id)
WHERE notEmpty(key_ids) AND from_ms < toUnixTimestamp64Milli({to:DateTime64(3, 'UTC')}) AND to_ms > toUnixTimestamp64Milli({from:DateTime64(3, 'UTC')})
ORDER BY incident_id
