CREATE MATERIALIZED VIEW IF NOT EXISTS refused_minutes_fill TO refused_minutes AS
SELECT toStartOfMinute(ts) AS minute, key_id, observed_by, route, source_ip, sum(count) AS requests
FROM requests
WHERE status IN (401, 403) AND NOT is_served
GROUP BY minute, key_id, observed_by, route, source_ip
