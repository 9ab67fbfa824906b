-- Which pages of the incidents {incidents} were copied to which destination, whatever became of the copies?
SELECT DISTINCT c.page_id AS page, c.incident_id AS incident, c.destination AS copied_to
FROM copy_transitions AS c
WHERE c.incident_id IN {incidents:Array(String)}
ORDER BY page, copied_to
