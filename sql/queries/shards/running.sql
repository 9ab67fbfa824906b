-- Which queries run that began at least so many seconds ago: reads, or writes of traffic? Without that by which the local server lives.
SELECT query_id, elapsed AS running_s
FROM system.processes
WHERE elapsed >= {least_s:Float64} AND is_initial_query AND NOT match(query, 'sleepEachRow')
  AND if({writes:Bool}, query_kind = 'Insert' AND match(query, '^INSERT INTO (requests|provider_reports|ingest_coverage)\\b'), query_kind = 'Select')
