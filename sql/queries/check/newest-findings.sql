-- What did the newest finding since {since} of each of these say of when it was seen? {subjects} are cause, subject and, without a subject, key, with blanks between; {keys}: theirs, where all of them are of keys alone.
SELECT
  concat(cause, ' ', subject, ' ', if(subject = '', key_id, '')) AS name,
  toUnixTimestamp(max(f.tick)) AS tick_s,
  argMax(JSONExtract(f.statistics, 'window', 'Nullable(UInt8)'), (f.tick, f.as_of)) AS window,
  argMax(JSONExtractRaw(f.statistics, 'novel'), (f.tick, f.as_of)) AS novel,
  -- When the last request that it is about was, where it says so, and whether these go on.
  argMax(
    if(JSONHas(f.statistics, 'activity'), JSONExtractString(f.statistics, 'activity', 'last_at'), JSONExtractString(f.statistics, 'last_at')),
    (f.tick, f.as_of)
  ) AS last_at,
  argMax(JSONExtract(f.statistics, 'activity', 'is_going_on', 'Nullable(UInt8)'), (f.tick, f.as_of)) AS goes_on
FROM finding_records AS f
WHERE f.tick >= {since:DateTime('UTC')}
  AND (empty({keys:Array(String)}) OR f.key_id IN {keys:Array(String)})
  AND concat(f.cause, ' ', f.subject, ' ', if(f.subject = '', f.key_id, '')) IN {subjects:Array(String)}
GROUP BY name
