CREATE VIEW IF NOT EXISTS listed_copies AS
SELECT incident_id, page_id, destination
FROM open_copies
GROUP BY incident_id, page_id, destination
HAVING sum(entries) > 0
COMMENT 'Copies that are listed as not over yet, each once. One that is over may be among them.'
