-- Which incidents that were opened from {since} to before {until} come next, the newest first, after the one of {before_at} and {before_id}? Empty lists ask for any.
SELECT
  i.incident_id AS incident_id,
  toUnixTimestamp64Milli(i.opened_at) AS opened_ms
FROM incidents AS i
-- Whatever was opened in the span has a step in it: of all others nothing is summed up.
WHERE i.incident_id IN
  (
    SELECT r.incident_id
    FROM incident_transitions AS r
    WHERE r.at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND r.at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  )
  AND i.opened_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND i.opened_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND (i.opened_at, i.incident_id) < (fromUnixTimestamp64Milli({before_at:Int64}, 'UTC'), {before_id:String})
  AND (empty({keys:Array(String)}) OR i.key_id IN {keys:Array(String)} OR hasAny(i.keys, {keys:Array(String)}))
  AND (empty({causes:Array(String)}) OR i.cause IN {causes:Array(String)})
  AND (empty({severities:Array(String)}) OR i.severity IN {severities:Array(String)})
  AND (empty({verdicts:Array(String)}) OR i.verdict IN {verdicts:Array(String)})
  AND (empty({states:Array(String)}) OR i.state IN {states:Array(String)})
ORDER BY i.opened_at DESC, i.incident_id DESC
LIMIT {most:UInt32}
