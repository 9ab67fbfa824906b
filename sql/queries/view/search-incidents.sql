-- Which incidents have an id that begins with {begin}, or are about one of {keys}? The newest first, at most {most}.
SELECT incident_id, toUnixTimestamp64Milli(min(t.at)) AS opened_ms
FROM incident_transitions AS t
WHERE t.sequence = 1 AND (startsWith(incident_id, {begin:String}) OR t.key_id IN {keys:Array(String)})
GROUP BY incident_id
ORDER BY opened_ms DESC, incident_id DESC
LIMIT {most:UInt32}
