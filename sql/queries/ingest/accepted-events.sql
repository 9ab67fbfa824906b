-- How many events did each run of serve acknowledge, by hour from {from} on and source, and when was the last of them committed?
SELECT
  toUnixTimestamp(hour) AS hour_s,
  source,
  process,
  max(a.events) AS events,
  toUnixTimestamp64Milli(max(a.counted_at)) AS counted_ms
FROM accepted_events AS a
WHERE hour >= toStartOfHour({from:DateTime('UTC')})
GROUP BY hour, source, process
