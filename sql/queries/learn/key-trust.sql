-- Of which of {keys} is there a baseline after {day} had been learned, as far as visible at {visible}? Since when was each used, and until when is it under suspicion?
SELECT
  key_id,
  toUnixTimestamp(min(newest.born)) AS born_s,
  toUnixTimestamp64Milli(max(newest.suspect)) AS suspect_ms
FROM
(
  SELECT key_id, observed_by, argMax(born_at, computed_at) AS born, argMax(suspect_until, computed_at) AS suspect
  FROM baselines
  WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')} AND key_id IN {keys:Array(String)}
  GROUP BY key_id, observed_by
) AS newest
GROUP BY key_id
