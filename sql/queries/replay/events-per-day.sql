-- On which days (UTC) are there events, and how many rows?
SELECT toUnixTimestamp(toDateTime(toDate(e.ts), 'UTC')) AS day_s, count() AS events
FROM requests AS e
GROUP BY day_s
ORDER BY day_s
