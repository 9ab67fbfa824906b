-- Which spans, from onset to tick, do the findings about one subject between {from} and {to} tell of? The newest first; with {observer}: by whom the
-- requests were seen.
SELECT toUnixTimestamp(f.tick) AS tick_s, toUnixTimestamp(argMax(f.onset, f.as_of)) AS onset_s
FROM finding_records AS f
WHERE f.cause = {cause:String}
  AND if({subject:String} = '', f.subject = '' AND f.key_id = {key:String}, f.subject = {subject:String})
  AND ({observer:String} = '' OR toString(f.observed_by) = {observer:String})
  AND f.tick >= {from:DateTime('UTC')}
  AND f.tick <= {to:DateTime('UTC')}
GROUP BY f.tick
ORDER BY tick_s DESC
