-- Which keys were reported as public up to {at}: since when, by whom and where, by the first report of each?
SELECT
  key_id,
  toUnixTimestamp64Milli(min(l.public_since)) AS public_ms,
  toUnixTimestamp64Milli(argMin(l.reported_at, l.public_since)) AS reported_ms,
  argMin(l.reporter, (l.reported_at, l.report_id)) AS reporter,
  argMin(l.place, (l.reported_at, l.report_id)) AS place
FROM leak_reports AS l
WHERE l.reported_at <= {at:DateTime64(3, 'UTC')}
GROUP BY key_id
ORDER BY key_id
