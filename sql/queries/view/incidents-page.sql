-- Which incidents come next in the order of their recording, after the one of {after_at} and {after_id}? Empty lists ask for any.
-- Those of the last {settle} seconds wait: a row whose insert takes longer than another's would come before what was read already.
SELECT
  incident_id,
  toUnixTimestamp64Milli(i.recorded_at) AS recorded_ms,
  key_id,
  cause,
  subject,
  state,
  severity,
  toUnixTimestamp64Milli(i.opened_at) AS opened_ms,
  toUnixTimestamp64Milli(i.changed_at) AS changed_ms,
  reason,
  notifications,
  verdict,
  keys,
  transitions
FROM incidents AS i
WHERE (i.recorded_at, i.incident_id) > (fromUnixTimestamp64Milli({after_at:Int64}, 'UTC'), {after_id:String})
  AND i.recorded_at <= now64(3, 'UTC') - toIntervalSecond({settle:UInt32})
  AND i.opened_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND i.opened_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND (empty({key_ids:Array(String)}) OR i.key_id IN {key_ids:Array(String)} OR hasAny(i.keys, {key_ids:Array(String)}))
  AND (empty({causes:Array(String)}) OR i.cause IN {causes:Array(String)})
  AND (empty({severities:Array(String)}) OR i.severity IN {severities:Array(String)})
  AND (empty({states:Array(String)}) OR i.state IN {states:Array(String)})
ORDER BY i.recorded_at, incident_id
LIMIT {most:UInt32}
