-- How many events went to each integration since {since}? Every try counts, whatever its answer was.
SELECT p.routing_ref AS page_ref, count() AS tries
FROM page_transitions AS p
WHERE p.state IN ('retrying', 'sent', 'failed') AND p.at > {since:DateTime64(3, 'UTC')}
GROUP BY page_ref
ORDER BY page_ref
