-- Which step was stored at position {sequence} of the incident {incident}? The first of those who wrote one.
SELECT toUnixTimestamp64Milli(at) AS at_ms, kind, reason, finding_id, details
FROM incident_transitions
WHERE incident_id = {incident:String} AND sequence = {sequence:UInt32}
ORDER BY recorded_at
LIMIT 1
