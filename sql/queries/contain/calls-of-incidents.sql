-- How far did the calls of {incidents} get?
SELECT
  call_id,
  max(c.state) AS last_state,
  toUnixTimestamp64Milli(min(at)) AS created_ms,
  toUnixTimestamp64Milli(maxIf(at, c.state IN ('sent', 'failed', 'dropped'))) AS ended_ms,
  countIf(c.state = 'retrying') AS attempts,
  toUnixTimestamp64Milli(max(c.not_before)) AS not_before_ms,
  argMax(c.response_status, (c.state, at)) AS status,
  argMax(c.problem, (c.state, at)) AS why
FROM containment_calls AS c
WHERE incident_id IN {incidents:Array(String)}
GROUP BY call_id
ORDER BY call_id
