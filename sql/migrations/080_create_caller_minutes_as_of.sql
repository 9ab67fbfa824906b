-- Rows of one minute stay apart, as those of a roll-up that is not merged yet do.
CREATE VIEW IF NOT EXISTS caller_minutes_as_of AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  ingest_source AS caller,
  sumIf(count, is_served) AS served
FROM requests
WHERE observed_by = 'caller' AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY minute, key_id, caller
COMMENT 'What caller_minutes held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
