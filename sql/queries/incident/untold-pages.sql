-- Which pages belong to a step of an incident since {since}, but are not in the outbox, because their writer died in between?
SELECT transition_pages AS pages
FROM
(
  SELECT t.pages AS transition_pages, arrayJoin(JSONExtract(t.pages, 'Array(Tuple(pageId String))')) AS page
  FROM incident_transitions AS t
  WHERE t.pages NOT IN ('', '[]') AND t.recorded_at >= {since:DateTime64(3, 'UTC')}
)
WHERE page.1 NOT IN (SELECT page_id FROM page_transitions WHERE state = 'pending')
GROUP BY pages
ORDER BY pages
