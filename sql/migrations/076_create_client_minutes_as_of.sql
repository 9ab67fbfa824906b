-- Rows of one minute stay apart, as those of a roll-up that is not merged yet do.
CREATE VIEW IF NOT EXISTS client_minutes_as_of AS
SELECT
  toStartOfMinute(ts) AS minute,
  key_id,
  observed_by,
  toLowCardinality(substringUTF8(lowerUTF8(extract(user_agent, '^[^/ ]+')), 1, 64)) AS client,
  sum(count) AS requests,
  sumIf(count, is_served) AS served,
  sum(toUInt128(e.spend_micros)) AS spend_micros
FROM requests AS e
WHERE ingested_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY minute, key_id, observed_by, client
COMMENT 'What client_minutes held when only rows with ingested_at <= as_of had been written: the same numbers a check saw then.'
