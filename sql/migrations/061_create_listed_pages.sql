CREATE VIEW IF NOT EXISTS listed_pages AS
SELECT incident_id, page_id
FROM open_pages
GROUP BY incident_id, page_id
HAVING sum(entries) > 0
COMMENT 'Pages that are listed as not over yet, each once. One that is over may be among them.'
