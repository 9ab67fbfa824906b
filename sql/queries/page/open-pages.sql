-- Which pages are listed as not over yet? One that is over may be among them.
SELECT incident_id, page_id
FROM open_pages
GROUP BY incident_id, page_id
HAVING sum(entries) > 0
