-- Was anything written in the registry of {keys} since {since}? A row if so: mostly it was not, and then what it was need not be asked.
SELECT 1 AS found
FROM key_versions AS v
WHERE v.key_id IN {keys:Array(String)} AND v.recorded_at >= {since:DateTime64(3, 'UTC')} AND v.valid_from >= {since:DateTime64(3, 'UTC')}
LIMIT 1
