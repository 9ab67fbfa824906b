-- How many times did anybody say of an incident, between {since} and {until}, that it was benign?
SELECT count() AS words
FROM incident_transitions AS t
WHERE t.verdict = 'benign' AND t.at >= {since:DateTime64(3, 'UTC')} AND t.at <= {until:DateTime64(3, 'UTC')}
