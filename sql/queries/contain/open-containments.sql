-- Which containments may have to be sent, followed or undone? One that is over may be among them.
SELECT incident_id, sequence
FROM open_containments AS o
GROUP BY incident_id, sequence
HAVING sum(o.entries) > 0
ORDER BY incident_id, sequence
