-- Which findings come next in the order of their recording, after the one of {after_at}, {after_id} and {after_as_of}? Empty lists ask for any.
-- Those of the last {settle} seconds wait: a row whose insert takes longer than another's would come before what was read already.
SELECT
  finding_id,
  toUnixTimestamp64Milli(f.recorded_at) AS recorded_ms,
  toUnixTimestamp(f.tick) AS tick_s,
  toUnixTimestamp64Milli(f.as_of) AS as_of_ms,
  f.key_id AS key_id,
  observed_by,
  f.cause AS cause,
  subject,
  f.severity AS severity,
  score,
  toUnixTimestamp(onset) AS onset_s,
  summary,
  signals,
  statistics
FROM finding_records AS f
WHERE (f.key_id, f.tick, f.finding_id, f.as_of, f.recorded_at) IN
(
  -- Of these few columns alone, so that the wide ones are read of one page.
  SELECT r.key_id, r.tick, r.finding_id, r.as_of, r.recorded_at
  FROM finding_records AS r
  WHERE r.recorded_at >= fromUnixTimestamp64Milli({after_at:Int64}, 'UTC')
    AND (r.recorded_at, r.finding_id, r.as_of) > (fromUnixTimestamp64Milli({after_at:Int64}, 'UTC'), {after_id:String}, fromUnixTimestamp64Milli({after_as_of:Int64}, 'UTC'))
    AND r.recorded_at <= now64(3, 'UTC') - toIntervalSecond({settle:UInt32})
    AND r.tick >= toDateTime({since:UInt32}, 'UTC')
    AND r.tick < toDateTime({until:UInt32}, 'UTC')
    AND (empty({keys:Array(String)}) OR r.key_id IN {keys:Array(String)})
    AND (empty({causes:Array(String)}) OR r.cause IN {causes:Array(String)})
    AND (empty({severities:Array(String)}) OR r.severity IN {severities:Array(String)})
  ORDER BY r.recorded_at, r.finding_id, r.as_of
  LIMIT {most:UInt32}
)
ORDER BY f.recorded_at, finding_id, f.as_of
