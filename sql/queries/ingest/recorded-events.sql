-- How many of the events that runs of serve acknowledged are recorded, by hour from {from} on and source?
SELECT toUnixTimestamp(hour) AS hour_s, source, process, sum(r.events) AS events
FROM recorded_events AS r
WHERE hour >= toStartOfHour({from:DateTime('UTC')})
GROUP BY hour, source, process
