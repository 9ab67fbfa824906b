CREATE VIEW IF NOT EXISTS listed_incidents AS
SELECT DISTINCT incident_id
FROM (SELECT incident_id FROM open_incidents GROUP BY incident_id, sequence HAVING sum(entries) > 0)
COMMENT 'Incidents that are listed as open, each once. One that is over may be among them.'
