CREATE MATERIALIZED VIEW IF NOT EXISTS newest_findings_fill TO newest_findings AS
SELECT
  f.cause AS cause,
  f.subject AS subject,
  if(f.subject = '', f.key_id, '') AS only_key,
  max(f.tick) AS last_tick
FROM finding_records AS f
GROUP BY cause, subject, only_key
