-- Rows of one minute stay apart, as those of a roll-up that is not merged yet do.
CREATE VIEW IF NOT EXISTS refused_minutes_as_of AS
SELECT toStartOfMinute(ts) AS minute, key_id, observed_by, route, source_ip, sum(count) AS requests
FROM requests
WHERE status IN (401, 403) AND NOT is_served AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY minute, key_id, observed_by, route, source_ip
COMMENT 'What refused_minutes held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
