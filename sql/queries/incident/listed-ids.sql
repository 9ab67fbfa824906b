-- Which incidents are listed as open, or were at {since} or later? With {keys}: those alone that name one of them in a step; with {causes}: those alone of one of these.
SELECT DISTINCT incident_id
FROM incident_transitions AS w
WHERE w.incident_id IN
  (
    SELECT incident_id
    FROM listed_incidents
    UNION ALL
    SELECT r.incident_id AS incident_id
    FROM incident_transitions AS r
    WHERE r.at >= {since:DateTime64(3, 'UTC')}
  )
  AND (empty({causes:Array(String)}) OR w.cause IN {causes:Array(String)})
  AND (empty({keys:Array(String)}) OR w.key_id IN {keys:Array(String)} OR hasAny(JSONExtract(w.details, 'keys', 'Array(String)'), {keys:Array(String)}))
