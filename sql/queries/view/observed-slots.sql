-- In which slots of five minutes from {from} to {to} did any source report, by an event or a heartbeat, and in which minute of each last?
-- Slots are counted from {from}.
SELECT
  toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 300) AS slot,
  toUnixTimestamp(max(c.minute)) AS last_s
FROM ingest_coverage AS c
WHERE c.minute >= {from:DateTime('UTC')} AND c.minute < {to:DateTime('UTC')}
GROUP BY slot
ORDER BY slot
