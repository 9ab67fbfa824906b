-- What did the newest finding since {since} of each of these say of when it was seen? {subjects} are cause, subject and, without a subject, key, with blanks between.
SELECT
  concat(cause, ' ', subject, ' ', if(subject = '', key_id, '')) AS name,
  toUnixTimestamp(max(f.tick)) AS tick_s,
  argMax(JSONExtract(f.statistics, 'window', 'Nullable(UInt8)'), (f.tick, f.as_of)) AS window,
  argMax(JSONExtractRaw(f.statistics, 'novel'), (f.tick, f.as_of)) AS novel
FROM finding_records AS f
WHERE f.tick >= {since:DateTime('UTC')}
  AND concat(f.cause, ' ', f.subject, ' ', if(f.subject = '', f.key_id, '')) IN {subjects:Array(String)}
GROUP BY name
