-- When was one of {keys} reported as public, since when is it taken to be, by whom, where was it found, and in which state was the key then? The newest report first.
SELECT
  toUnixTimestamp64Milli(l.reported_at) AS reported_ms,
  toUnixTimestamp64Milli(l.public_since) AS public_ms,
  l.reporter AS reporter,
  l.place AS place,
  l.state AS state
FROM leak_reports AS l
WHERE l.key_id IN {keys:Array(String)}
ORDER BY l.reported_at DESC, l.report_id
LIMIT {most:UInt32}
