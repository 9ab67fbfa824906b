-- Of which days are raw events kept for an incident, and how many?
SELECT toString(toDate(ts)) AS day, count() AS rows
FROM incident_events
WHERE incident_id = {incident:String}
GROUP BY day
