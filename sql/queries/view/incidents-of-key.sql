-- Which incidents are about {keys} (the ids of one key), the newest first, at most {most}? Those that name it among several are about the key that showed most.
SELECT incident_id, toUnixTimestamp64Milli(min(t.at)) AS opened_ms
FROM incident_transitions AS t
WHERE t.key_id IN {keys:Array(String)}
GROUP BY incident_id
ORDER BY opened_ms DESC, incident_id DESC
LIMIT {most:UInt32}
